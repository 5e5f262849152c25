import { clip } from '../domain/intervals.ts';
import type { Instant, Interval } from '../domain/time.ts';
import type { Bucket } from './accumulate.ts';
import type { SeriesKnowledge } from './memory.ts';

/** A hole in an irregular series is one when it is so many times as long as samples are apart on the average. */
const HOLE = 3;

/** Stretches between the buckets with samples where the source was read all the same: the series was not in it. */
export function absentRanges(
  { ledger, series, source }: SeriesKnowledge,
  edges: Float64Array,
  buckets: readonly Bucket[],
): Interval[] {
  const start = edges[0] as Instant;
  const end = edges.at(-1) as Instant;
  const absent: Interval[] = [];
  const least = leastHole(series.interval, source.cadence, buckets);
  const add = (from: Instant, to: Instant): void => {
    // A sliver between two samples of a cut window says nothing.
    if (to - from < least) return;
    const had = ledger.overlapping({ from, to }).filter(({ state }) => state === 'have');
    absent.push(...clip(had, { from, to }).map((range) => ({ from: range.from, to: range.to })));
  };
  let cursor = start;
  for (const { from, to } of buckets) {
    add(cursor, from);
    cursor = to;
  }
  add(cursor, end);
  return absent;
}

/** Buckets of a pushed series may be finer than its samples are apart: those between two samples are no absence. */
function leastHole(interval: number | null, cadence: number | null, buckets: readonly Bucket[]): number {
  if (interval !== null) return interval;
  const first = buckets[0];
  const last = buckets.at(-1);
  const count = buckets.reduce((total, bucket) => total + bucket.count, 0);
  const apart = first && last && count > 1 ? (last.to - first.from) / (count - 1) : 0;
  return Math.max(1, HOLE * Math.max(apart, cadence ?? 0));
}
