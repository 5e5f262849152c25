import type { Readable } from 'node:stream';
import { detectFormat, type Parsed, ReadingParser } from '../reading-parser.ts';
import { type AgentSource, type SourceFormat, takeAll } from './source.ts';

const LONGEST_LINE = 128 * 1024;

/** Takes lines from a stream until it ends. While the spool takes nothing, nothing is read, so that whoever writes waits. */
export function streamSource(stream: Readable, format: SourceFormat): AgentSource {
  return {
    words: 'standard input',
    async run(intake, signal) {
      const lines = new StreamLines(format);
      const take = (texts: readonly string[]): Promise<void> =>
        takeAll(
          intake,
          texts.map((text) => lines.parse(text)),
          signal,
        );
      const decoder = new TextDecoder();
      let rest = '';
      // A read that waits for more would keep a stopping agent.
      signal.addEventListener('abort', () => stream.destroy(), { once: true });
      for await (const part of stream as AsyncIterable<Buffer | string>) {
        if (signal.aborted) return;
        rest += typeof part === 'string' ? part : decoder.decode(part, { stream: true });
        const whole = rest.split('\n');
        rest = whole.pop() ?? '';
        if (rest.length > LONGEST_LINE) {
          whole.push(rest);
          rest = '';
        }
        await take(whole);
      }
      if (rest.trim() !== '') await take([rest]);
    },
  };
}

class StreamLines {
  readonly #format: SourceFormat;
  #parser: ReadingParser | undefined;

  constructor(format: SourceFormat) {
    this.#format = format;
  }

  parse(line: string): Parsed {
    const text = line.replace(/\r$/, '');
    if (!this.#parser) {
      if (text.trim() === '') return { readings: [], refused: [] };
      const detected = this.#format.format ?? detectFormat(text);
      const isLines = detected !== undefined && detected !== 'json' && detected !== 'number';
      if (detected !== 'number') this.#parser = new ReadingParser(isLines ? detected : 'ndjson', this.#format);
    }
    if (this.#parser) return this.#parser.line(text);
    return new ReadingParser('ndjson', this.#format).line(
      detectFormat(text) === 'number' ? JSON.stringify({ value: Number(text) }) : text,
    );
  }
}
