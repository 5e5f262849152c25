import { Temporal } from 'temporal-polyfill';

/** What a bucket holds, computed from nothing but the samples. */
export interface Expected {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly first: number;
  readonly last: number;
}

/** Samples by stamp; of equal stamps the last landed counts, as a map does. */
export type Samples = ReadonlyMap<number, number>;

/** The rollup of all samples in [from, to), by looking at each of them. */
export function bruteForce(samples: Samples, from: number, to: number): Expected | undefined {
  return rollUp(
    [...samples].sort(([a], [b]) => a - b),
    from,
    to,
  );
}

/** The rollups of all samples between each pair of edges, by looking at each of them. Edges without samples have none. */
export function bruteForceBuckets(samples: Samples, edges: readonly number[]): Expected[] {
  const sorted = [...samples].sort(([a], [b]) => a - b);
  const buckets = edges.slice(0, -1).map((): [number, number][] => []);
  let bucket = 0;
  for (const [at, value] of sorted) {
    while (bucket < buckets.length && at >= (edges[bucket + 1] as number)) bucket++;
    if (bucket < buckets.length && at >= (edges[bucket] as number)) buckets[bucket]?.push([at, value]);
  }
  return buckets.flatMap((inside, index) => rollUp(inside, edges[index] as number, edges[index + 1] as number) ?? []);
}

function rollUp(sorted: readonly (readonly [number, number])[], from: number, to: number): Expected | undefined {
  const values = sorted.filter(([at]) => at >= from && at < to).map(([, value]) => value);
  if (values.length === 0) return undefined;
  return {
    from,
    to,
    count: values.length,
    sum: values.reduce((total, value) => total + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    first: values[0] as number,
    last: values.at(-1) as number,
  };
}

/** Edges of local days and local-clock steps through the calendar library, independent of the product's own arithmetic. */
export function calendarEdges(from: number, to: number, step: number, zone: string): number[] {
  const edges = new Set([from, to]);
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).startOfDay();
  for (let day = start; day.epochMilliseconds < to; day = day.add({ days: 1 }).startOfDay()) {
    const next = day.add({ days: 1 }).startOfDay();
    if (step === 86_400_000) edges.add(day.epochMilliseconds);
    else if (step > 3_600_000) {
      for (let hour = 0; hour < 24; hour += step / 3_600_000) {
        edges.add(day.toPlainDate().toZonedDateTime({ timeZone: zone, plainTime: { hour } }).epochMilliseconds);
      }
    } else for (let edge = day.epochMilliseconds; edge < next.epochMilliseconds; edge += step) edges.add(edge);
  }
  return [...edges].filter((edge) => edge >= from && edge <= to).sort((a, b) => a - b);
}
