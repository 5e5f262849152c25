import { Batch, type BatchOptions } from '../../../src/sources/push/batch.ts';
import { Channels } from '../../../src/sources/push/channels.ts';
import { defaultPrecision, type Format, parserOf } from '../../../src/sources/push/formats.ts';
import { type Report, Tally } from '../../../src/sources/push/report.ts';

export const NOW = Date.parse('2026-04-02T10:17:30Z');

/** What a parser made of a body, without a store. */
export interface Read extends Report {
  /** The last value of each series, by `metric{label=value,…}`. */
  readonly last: Record<string, number>;
  readonly all: readonly (readonly [number, number])[];
  readonly stamps: readonly number[];
}

export const read = (format: Format, body: string, options: Partial<BatchOptions> = {}): Read =>
  readText(format, [body], options);

/** The same for a body that comes in pieces. */
export function readText(format: Format, pieces: Iterable<string>, options: Partial<BatchOptions> = {}): Read {
  const tally = new Tally();
  const precision = options.precision ?? defaultPrecision(format);
  const batch = new Batch(new Channels(), tally, { device: undefined, now: NOW, ...options, precision });
  const parser = parserOf(format, batch);
  for (const piece of pieces) parser.write(piece);
  parser.end();
  const { fields, samples, values } = batch.take();
  const last: Record<string, number> = {};
  for (const { field, values: column } of fields) last[nameOf(field.description)] = column.at(-1) as number;
  const all = fields.flatMap(({ times, values: column }) =>
    times.map((time, row) => [time, column[row] as number] as const),
  );
  return { ...tally.report(), accepted: samples, values, last, all, stamps: all.map(([time]) => time) };
}

function nameOf({ metric, labels }: { metric: string; labels: Readonly<Record<string, string>> }): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${metric}{${sorted.map(([label, value]) => `${label}=${value}`).join(',')}}`;
}
