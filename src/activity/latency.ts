import { QuantileSketch } from '../domain/quantile-sketch.ts';
import type { Instant } from '../domain/time.ts';
import { readLatencies } from '../store/activity-rollups.ts';
import type { Database } from '../store/engine.ts';
import type { EventStream } from '../store/event-log.ts';
import { planRollups } from './rollup-plan.ts';
import type { TimeSpan } from './time-span.ts';

/** How long answers took, in milliseconds; null where there was none. */
export interface LatencySummary {
  readonly count: number;
  readonly average: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface LatencyBucket extends LatencySummary {
  readonly at: Instant;
}

export interface ActorLatency extends LatencySummary {
  readonly actor: string;
}

const MOST_ACTORS = 100;

/** Answers by the bucket in which they were given, and over the whole span. */
export async function latencyTimeseries(
  database: Database,
  stream: EventStream | undefined,
  pair: string,
  { edges }: TimeSpan,
): Promise<{ readonly buckets: readonly LatencyBucket[]; readonly overall: LatencySummary }> {
  const sketches = edges.slice(0, -1).map(() => new QuantileSketch());
  if (stream) {
    for (const plan of planRollups(edges)) {
      for (const { at, sum, sketch } of await readLatencies(database, stream.number, pair, 'all', plan))
        sketches[plan.bucketOf.get(at) ?? -1]?.mergeEncoded(sketch, sum);
    }
  }
  const overall = new QuantileSketch();
  for (const sketch of sketches) overall.merge(sketch);
  return {
    buckets: sketches.map((sketch, bucket) => ({ at: edges[bucket] as Instant, ...summaryOf(sketch) })),
    overall: summaryOf(overall),
  };
}

/** Answers over the whole span by who gave them, the busiest first; at most 100. */
export async function latencyByActor(
  database: Database,
  stream: EventStream | undefined,
  pair: string,
  { edges }: TimeSpan,
): Promise<readonly ActorLatency[]> {
  const [from, to] = [edges[0], edges.at(-1)];
  if (!stream || from === undefined || to === undefined) return [];
  const actors = new Map<string, QuantileSketch>();
  // One bucket for all: the coarsest rollups do.
  for (const plan of planRollups([from, to])) {
    for (const { at, actor, sum, sketch } of await readLatencies(database, stream.number, pair, 'actor', plan)) {
      if (!plan.bucketOf.has(at)) continue;
      const merged = actors.get(actor) ?? new QuantileSketch();
      actors.set(actor, merged);
      merged.mergeEncoded(sketch, sum);
    }
  }
  return [...actors]
    .map(([actor, sketch]) => ({ actor, ...summaryOf(sketch) }))
    .sort((left, right) => right.count - left.count || (left.actor < right.actor ? -1 : 1))
    .slice(0, MOST_ACTORS);
}

function summaryOf(sketch: QuantileSketch): LatencySummary {
  const [p50 = null, p95 = null] = sketch.quantiles([0.5, 0.95]);
  return { count: sketch.count, average: sketch.average, p50, p95 };
}
