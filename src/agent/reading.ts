import type { Labels } from '../domain/series.ts';
import type { Instant } from '../domain/time.ts';

/** Numbers that were measured together. */
export interface Reading {
  /** Null: it came without one, and gets a stamp of ours. */
  readonly at: Instant | null;
  /** Empty when its fields are named by nothing but themselves. */
  readonly metric: string;
  /** With `device`. */
  readonly labels: Labels;
  /** In the order in which they came: the first one is what its windows are about. */
  readonly fields: Readonly<Record<string, number>>;
  /** What the reading says of its field `value`. */
  readonly described: { readonly unit?: string; readonly kind?: string; readonly title?: string };
}

/** What is kept and sent of a reading: a line of NDJSON as `/api/samples` takes it. */
export function readingLine({ metric, labels, fields, described }: Reading, at: Instant): string {
  const { value, ...dimensions } = fields;
  // Other names go where they cannot be taken for something else, such as a field `unit`.
  return JSON.stringify({
    timestamp: at,
    ...(metric === '' ? {} : { metric }),
    labels,
    ...(value === undefined ? {} : { value }),
    ...(Object.keys(dimensions).length === 0 ? {} : { dimensions }),
    ...described,
  });
}

interface Line {
  readonly timestamp: Instant;
  readonly metric?: string;
  readonly labels: Labels;
  readonly value?: number;
  readonly dimensions?: Readonly<Record<string, number>>;
}

/** The reading of such a line. */
export function readLine(text: string): Reading & { readonly at: Instant } {
  const { timestamp, metric = '', labels, value, dimensions } = JSON.parse(text) as Line;
  const fields = { ...(value === undefined ? {} : { value }), ...dimensions };
  return { at: timestamp, metric, labels, fields, described: {} };
}

/** Readings with equal keys would overwrite each other under one stamp. */
export const channelKey = ({ metric, labels, fields }: Reading): string =>
  JSON.stringify([metric, labels, Object.keys(fields)]);
