/**
 * What the numbers of a series mean; it decides the rollup drawn by default, how gaps are drawn and what a partial bucket means.
 *
 * - `gauge`: a level read now and then (viewers, temperature). Drawn as the average with its min–max band.
 * - `counter`: a total that only grows and may restart at zero. Drawn as the increase per bucket.
 * - `event-count`: events per sample. Drawn as the sum; an open bucket is too low rather than wrong.
 * - `distribution`: single measurements (latencies). Drawn as the average with its min–max band.
 * - `snapshot`: the latest state replaces the one before. Drawn as the last value, held until the next.
 */
export const SERIES_KINDS = ['gauge', 'counter', 'event-count', 'distribution', 'snapshot'] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

export type Labels = Readonly<Record<string, string>>;

/** What identifies a series inside its org, and how to read it. */
export interface SeriesDescription {
  readonly metric: string;
  readonly labels: Labels;
  readonly kind: SeriesKind;
  /** For people, e.g. `viewers`, `%`, `ms`, `bytes`. */
  readonly unit: string;
  /** A human name where the identity is none, e.g. the title of a stream. */
  readonly title: string;
}

export interface Series extends SeriesDescription {
  /** The store's own number; never leaves the process. */
  readonly number: number;
  /** The public id: the same wherever the same metric and labels land in the same org. */
  readonly id: string;
  readonly sourceNumber: number;
  /** Expected distance of samples in milliseconds; null when irregular. */
  readonly interval: number | null;
  /** Grows by one with each restatement; starts at 1. */
  readonly version: number;
  /** Stamp of the newest sample; null before the first. */
  readonly lastAt: number | null;
  /** How many landings changed it: equal counts, equal samples. */
  readonly changes: number;
}

/** A series as answers show it; `source` is the name of its source. */
export interface SeriesSummary extends Omit<Series, 'number' | 'sourceNumber' | 'changes' | 'labels'> {
  readonly labels: Record<string, string>;
  readonly source: string;
}

export const summaryOf = (series: Series, source: string): SeriesSummary => ({
  id: series.id,
  metric: series.metric,
  labels: { ...series.labels },
  title: series.title,
  kind: series.kind,
  unit: series.unit,
  source,
  interval: series.interval,
  version: series.version,
  lastAt: series.lastAt,
});

export const AGGREGATES = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'increase'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

const DEFAULT_AGGREGATE: Readonly<Record<SeriesKind, Aggregate>> = {
  gauge: 'avg',
  counter: 'increase',
  'event-count': 'sum',
  distribution: 'avg',
  snapshot: 'last',
};

export const defaultAggregate = (kind: SeriesKind): Aggregate => DEFAULT_AGGREGATE[kind];

/** Labels as JSON with sorted keys, so that equal labels are equal text. */
export const canonicalLabels = (labels: Labels): string =>
  JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));

const METRIC = /^[a-zA-Z_][a-zA-Z0-9_.:/-]{0,199}$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_.-]{0,99}$/;

/** Why a metric and its labels cannot name a series, or `undefined` when they can. */
export function nameProblem(metric: string, labels: Labels): string | undefined {
  if (!METRIC.test(metric))
    return `metric ${JSON.stringify(metric)} must start with a letter and hold at most 200 of a-z A-Z 0-9 _ . : / -`;
  const entries = Object.entries(labels);
  if (entries.length > 32) return `a series has at most 32 labels, got ${entries.length}`;
  for (const [name, value] of entries) {
    if (!LABEL.test(name))
      return `label name ${JSON.stringify(name)} must start with a letter and hold at most 100 of a-z A-Z 0-9 _ . -`;
    if (typeof value !== 'string' || value.length === 0 || value.length > 500)
      return `label ${name} must be a text of 1 to 500 characters`;
  }
  return undefined;
}
