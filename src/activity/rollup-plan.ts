import { coverExactly } from '../domain/cover.ts';
import type { Instant } from '../domain/time.ts';
import { ACTIVITY_LEVELS, type BucketSelection } from '../store/activity-rollups.ts';

/** Rollups of one level that an answer is made of, and which of its buckets each belongs to. */
export interface LevelPlan extends BucketSelection {
  readonly bucketOf: ReadonlyMap<Instant, number>;
}

/** More buckets than this are read as one range rather than one by one. */
const MOST_LISTED = 1_000;

/**
 * Which rollups add up to the buckets between `edges`, exactly: coarse ones where they fit, finer ones towards the edges. The work grows
 * with the buckets drawn, not with what happened in them.
 */
export function planRollups(edges: ArrayLike<Instant>): readonly LevelPlan[] {
  const byLevel = new Map<number, Map<Instant, number>>();
  for (let bucket = 0; bucket + 1 < edges.length; bucket++) {
    for (const { level, from, to } of coverExactly(
      edges[bucket] as Instant,
      edges[bucket + 1] as Instant,
      ACTIVITY_LEVELS,
      [],
    )) {
      // Nothing is finer than a quarter of an hour, and no zone has been since 1972.
      if (level === 0) continue;
      const buckets = byLevel.get(level) ?? new Map<Instant, number>();
      byLevel.set(level, buckets);
      for (let at = from; at < to; at += level) buckets.set(at, bucket);
    }
  }
  return Array.from(byLevel, ([level, bucketOf]) => {
    const starts = [...bucketOf.keys()];
    const from = starts[0] as Instant;
    const to = (starts.at(-1) as Instant) + level;
    const isScattered = starts.length <= MOST_LISTED && (to - from) / level > 2 * starts.length;
    return { level, bucketOf, buckets: isScattered ? starts : { from, to } };
  });
}
