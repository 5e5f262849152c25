import type { Collected } from '../collector.ts';
import { detectFormat, type Parsed, ReadingParser } from '../reading-parser.ts';
import { type AgentSource, type Intake, pause, type SourceFormat, takeAll } from './source.ts';
import { Tail, type TailEvent, type TailRead } from './tail.ts';

export interface WatchSettings extends SourceFormat {
  readonly path: string;
}

const LOOK_EVERY = 1_000;

const NOTES: Readonly<Record<TailEvent, string | undefined>> = {
  rotated: 'the watched file was renamed; it was read to its end',
  truncated: 'the watched file was written anew; it is read from its beginning',
  lost: 'the file in which reading stopped is gone; what was appended to it since is lost, and the new one is read from its beginning',
  missing: undefined,
  found: undefined,
};

/** Takes the lines that are appended to a file. What the spool cannot take stays in the file and is tried again. */
export function watchSource({ path, ...format }: WatchSettings): AgentSource {
  return {
    words: `lines of ${path}`,
    async run(intake, signal) {
      using tail = new Tail(path, intake.position);
      const lines = new FileLines(tail, format);
      while (!signal.aborted) {
        const read = look(tail, path, intake);
        await takeAll(intake, lines.parse(read), signal);
        if (!read.more) await pause(intake.clock, LOOK_EVERY, signal);
      }
    },
  };
}

function look(tail: Tail, path: string, intake: Intake): TailRead {
  try {
    const read = tail.read();
    for (const event of read.events) {
      const note = NOTES[event];
      if (note !== undefined) intake.note(note);
      if (event === 'missing') intake.tell(`there is no file ${path}`);
    }
    if (read.lines.length > 0 || read.events.includes('found')) intake.tell(null);
    return read;
  } catch (error) {
    intake.tell(`${path} cannot be read: ${(error as Error).message}`);
    return { lines: [], events: [], more: false };
  }
}

/** Reads lines of a file with the parser that its beginning asks for. */
class FileLines {
  readonly #tail: Tail;
  readonly #format: SourceFormat;
  #file: string | undefined;
  #nextOffset = 0;
  #parser: ReadingParser | undefined;

  constructor(tail: Tail, format: SourceFormat) {
    this.#tail = tail;
    this.#format = format;
  }

  parse({ lines }: TailRead): Collected[] {
    return lines.map(({ text, position }): Collected => {
      const length = Buffer.byteLength(text);
      const isFirst = position.offset <= length + 2;
      const isAnew = position.file !== this.#file || position.offset < this.#nextOffset;
      if (isAnew || isFirst) this.#parser = undefined;
      this.#file = position.file;
      this.#nextOffset = position.offset;
      return { ...this.#line(text, isFirst), position };
    });
  }

  #line(text: string, isFirst: boolean): Parsed {
    if (this.#parser) return this.#parser.line(text);
    if (text.trim() === '') return { readings: [], refused: [] };
    // Behind the beginning, the first line of the file says what its columns are.
    const head = isFirst ? undefined : this.#tail.firstLine();
    const detected = this.#format.format ?? detectFormat(head ?? text);
    if (detected === 'number') return this.#number(text);
    const format = detected === undefined || detected === 'json' ? 'ndjson' : detected;
    this.#parser = new ReadingParser(format, this.#format);
    if (format === 'csv' && head !== undefined) this.#parser.line(head);
    return this.#parser.line(text);
  }

  /** A file of bare numbers, one a line. */
  #number(text: string): Parsed {
    if (detectFormat(text) !== 'number') {
      return {
        readings: [],
        refused: [{ line: text.slice(0, 1_000), reason: 'not a number, as the lines before are' }],
      };
    }
    return new ReadingParser('ndjson', this.#format).line(JSON.stringify({ value: Number(text) }));
  }
}
