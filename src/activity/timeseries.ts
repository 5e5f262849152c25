import type { Instant } from '../domain/time.ts';
import { readEventCounts } from '../store/activity-rollups.ts';
import type { Database } from '../store/engine.ts';
import type { EventStream } from '../store/event-log.ts';
import { planRollups } from './rollup-plan.ts';
import type { TimeSpan } from './time-span.ts';

export interface CountBucket {
  readonly at: Instant;
  readonly counts: Readonly<Record<string, number>>;
}

/** What one actor did in the whole span, and when. */
export interface ActorCounts {
  readonly actor: string;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Those in which the actor did something. */
  readonly buckets: readonly CountBucket[];
}

/** Called instead of the type of an event. */
type Names = Readonly<Record<string, string>>;

const MOST_ACTORS = 100;

/** Counts by type in each bucket; a type that occurs anywhere in the span is 0 elsewhere. */
export async function countTimeseries(
  database: Database,
  stream: EventStream | undefined,
  { edges }: TimeSpan,
  names: Names,
): Promise<readonly CountBucket[]> {
  const buckets = edges.slice(0, -1).map((at) => ({ at, counts: new Map<string, number>() }));
  const types = new Set<string>();
  if (stream) {
    for (const plan of planRollups(edges)) {
      for (const { at, type, count } of await readEventCounts(database, stream.number, 'all', plan)) {
        const bucket = buckets[plan.bucketOf.get(at) ?? -1];
        if (!bucket) continue;
        const name = names[type] ?? type;
        types.add(name);
        bucket.counts.set(name, (bucket.counts.get(name) ?? 0) + count);
      }
    }
  }
  const sorted = [...types].sort();
  return buckets.map(({ at, counts }) => ({
    at,
    counts: Object.fromEntries(sorted.map((type) => [type, counts.get(type) ?? 0])),
  }));
}

/** The same by actor, the busiest first; at most 100 of them. */
export async function countByActor(
  database: Database,
  stream: EventStream | undefined,
  { edges }: TimeSpan,
  names: Names,
): Promise<readonly ActorCounts[]> {
  if (!stream) return [];
  const actors = new Map<string, { total: number; counts: Counts; buckets: Map<number, Counts> }>();
  for (const plan of planRollups(edges)) {
    for (const { at, actor, type, count } of await readEventCounts(database, stream.number, 'actor', plan)) {
      const bucket = plan.bucketOf.get(at);
      if (bucket === undefined) continue;
      const of = actors.get(actor) ?? { total: 0, counts: {}, buckets: new Map<number, Counts>() };
      actors.set(actor, of);
      const name = names[type] ?? type;
      const inBucket = of.buckets.get(bucket) ?? {};
      of.buckets.set(bucket, inBucket);
      of.total += count;
      of.counts[name] = (of.counts[name] ?? 0) + count;
      inBucket[name] = (inBucket[name] ?? 0) + count;
    }
  }
  return [...actors]
    .map(([actor, { total, counts, buckets }]) => ({
      actor,
      total,
      counts,
      buckets: [...buckets]
        .sort(([left], [right]) => left - right)
        .map(([bucket, inBucket]) => ({ at: edges[bucket] as Instant, counts: inBucket })),
    }))
    .sort((left, right) => right.total - left.total || (left.actor < right.actor ? -1 : 1))
    .slice(0, MOST_ACTORS);
}

type Counts = Record<string, number>;
