import { Batch, type Part } from '../sources/push/batch.ts';
import { Channels } from '../sources/push/channels.ts';
import { defaultPrecision, type Format, parserOf } from '../sources/push/formats.ts';
import { BodyProblem, type SampleParser } from '../sources/push/parser.ts';
import { Tally } from '../sources/push/report.ts';
import type { Precision } from '../sources/push/stamps.ts';
import type { Reading } from './reading.ts';

export interface ReadingOptions {
  /** Names the sender of every reading. */
  readonly device: string;
  /** For readings that name none; empty for none. */
  readonly metric: string;
  /** Undefined: as the format counts by itself. */
  readonly precision: Precision | undefined;
}

/** A line that is no reading. */
interface Refusal {
  readonly line: string;
  readonly reason: string;
}

export interface Parsed {
  readonly readings: readonly Reading[];
  readonly refused: readonly Refusal[];
}

/**
 * Whether a stamp lies in the future is for the server to say, whose clock is right: ours is moved to the end of time. Its half millisecond,
 * which no stamp has, marks samples that came without a stamp.
 */
const NO_STAMP = Date.UTC(2199, 0, 1) + 0.5;

/** A batch that lets go of every sample at once, as a reading. */
class ReadingBatch extends Batch {
  readonly readings: Reading[] = [];
  readonly reasons: string[] = [];

  override keep(time: number, given: string | number): void {
    super.keep(time, given);
    const part = this.take();
    if (part.samples > 0) this.readings.push(readingOf(part));
  }

  override reject(reason: string): void {
    super.reject(reason);
    this.reasons.push(reason);
  }
}

function readingOf({ fields }: Part): Reading {
  const channel = fields[0]?.channel;
  const at = fields[0]?.times[0] ?? NO_STAMP;
  const value = fields.find(({ field }) => field.name === 'value')?.field.description;
  return {
    at: at === NO_STAMP ? null : at,
    metric: channel?.metric ?? '',
    labels: channel?.labels ?? {},
    fields: Object.fromEntries(fields.map(({ field, values }) => [field.name, values[0] as number])),
    described: {
      ...(value?.unit ? { unit: value.unit } : {}),
      ...(value && value.kind !== 'gauge' ? { kind: value.kind } : {}),
      ...(value?.title ? { title: value.title } : {}),
    },
  };
}

/** Turns text in one of the formats into readings, by the parsers that the server has too. */
export class ReadingParser {
  readonly #batch: ReadingBatch;
  readonly #parser: SampleParser;
  readonly #metric: string;

  constructor(format: Format, { device, metric, precision = defaultPrecision(format) }: ReadingOptions) {
    this.#batch = new ReadingBatch(new Channels(), new Tally(), { device, precision, now: NO_STAMP });
    this.#parser = parserOf(format, this.#batch);
    this.#metric = metric;
  }

  /** Reads a whole line, without its end, of a format that goes by lines. */
  line(text: string): Parsed {
    return this.#read(text, () => this.#parser.write(`${text}\n`));
  }

  /** Reads a whole body. */
  body(text: string): Parsed {
    return this.#read(text, () => {
      this.#parser.write(text);
      this.#parser.end();
    });
  }

  #read(text: string, work: () => void): Parsed {
    const { readings, reasons } = this.#batch;
    readings.length = 0;
    reasons.length = 0;
    try {
      work();
    } catch (error) {
      if (!(error instanceof BodyProblem)) throw error;
      reasons.push(error.message);
    }
    return {
      readings: readings.map((reading) => (reading.metric === '' ? { ...reading, metric: this.#metric } : reading)),
      refused: reasons.map((reason) => ({ line: text.slice(0, 1_000), reason })),
    };
  }
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** What a text is written in, by how it begins; `number` for a number alone, undefined for a text without anything in it. */
export function detectFormat(text: string): Format | 'number' | undefined {
  const trimmed = text.replace(/^\uFEFF/, '').trimStart();
  if (trimmed === '') return undefined;
  if (NUMBER.test(text)) return 'number';
  const [first = ''] = trimmed.split('\n', 1);
  if (trimmed.startsWith('[')) return 'json';
  if (trimmed.startsWith('{')) return isObject(first) ? 'ndjson' : 'json';
  // A line of line protocol has a space, outside of quotes and escapes, with a field behind it; a row that names columns has none such.
  if (/^#/.test(first) || /^(?:\\.|[^\s\\"])+ +[^\s,=]+=/.test(first)) return 'line';
  return 'csv';
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** Reads what a command wrote: a number alone, or any of the formats. */
export function readOutput(text: string, given: Format | undefined, options: ReadingOptions): Parsed {
  const format = given ?? detectFormat(text);
  if (format === undefined) return { readings: [], refused: [{ line: '', reason: 'nothing was written' }] };
  if (format !== 'number') return new ReadingParser(format, options).body(text);
  return new ReadingParser('ndjson', options).line(JSON.stringify({ value: Number(text) }));
}
