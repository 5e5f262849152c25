import { Accumulator } from '../domain/rollup.ts';
import type { Instant } from '../domain/time.ts';
import type { Bucket } from '../history/accumulate.ts';
import type { Segments } from '../history/segments.ts';
import type { Aggregates, WindowPoint } from './artifact.ts';

/** Coarser segments out of finer ones, exactly. `count` divides the number of segments there are. */
export function mergeSegments(fine: Segments, count: number): Segments {
  const ratio = (fine.edges.length - 1) / count;
  if (ratio === 1) return fine;
  const edges = Float64Array.from({ length: count + 1 }, (_, index) => fine.edges[index * ratio] as number);
  const buckets: Bucket[] = [];
  let next = 0;
  for (let index = 0; index < count; index++) {
    const from = edges[index] as Instant;
    const to = edges[index + 1] as Instant;
    const accumulator = new Accumulator();
    let increase = 0;
    for (; next < fine.buckets.length; next++) {
      const bucket = fine.buckets[next] as Bucket;
      if (bucket.from >= to) break;
      accumulator.addRollup(bucket);
      increase += bucket.increase;
    }
    const merged = accumulator.finish();
    if (merged) buckets.push({ from, to, ...merged, increase });
  }
  return { ...fine, edges, buckets };
}

/** The segments as points; `dimensions` are cut at the same edges. Those that end after `openFrom` may still grow. */
export function pointsOf(
  { buckets }: Segments,
  dimensions: readonly { readonly name: string; readonly segments: Segments }[],
  openFrom: Instant,
): WindowPoint[] {
  const beside = dimensions.map(({ name, segments }) => ({
    name,
    byStart: new Map(segments.buckets.map((bucket) => [bucket.from, bucket])),
  }));
  return buckets.map((bucket) => {
    const measured = beside.flatMap(({ name, byStart }): [string, Aggregates][] => {
      const found = byStart.get(bucket.from);
      return found ? [[name, aggregatesOf(found)]] : [];
    });
    return {
      t: bucket.from,
      to: bucket.to,
      ...aggregatesOf(bucket),
      ...(bucket.to > openFrom ? { partial: true as const } : {}),
      ...(measured.length > 0 ? { dimensions: Object.fromEntries(measured) } : {}),
    };
  });
}

const aggregatesOf = ({ sum, count, min, max }: Bucket): Aggregates => ({ avg: sum / count, min, max, count });

/**
 * Coarser points out of published ones; `count` divides the number of segments between `edges`. Undefined where that would not be exact:
 * points with dimensions leave out the samples of a dimension where the series has none, and a point across an edge cannot be cut.
 */
export function mergePoints(
  points: readonly WindowPoint[],
  edges: Float64Array,
  count: number,
): WindowPoint[] | undefined {
  const ratio = (edges.length - 1) / count;
  const merged: WindowPoint[] = [];
  let next = 0;
  for (let index = 0; index < count; index++) {
    const t = edges[index * ratio] as Instant;
    const to = edges[(index + 1) * ratio] as Instant;
    const inside: WindowPoint[] = [];
    for (; next < points.length && (points[next] as WindowPoint).t < to; next++)
      inside.push(points[next] as WindowPoint);
    if (inside.length === 0) continue;
    if (inside.some((point) => point.dimensions !== undefined || point.t < t || point.to > to)) return undefined;
    merged.push({
      t,
      to,
      ...together(inside),
      ...(inside.some(({ partial }) => partial) ? { partial: true as const } : {}),
    });
  }
  return merged;
}

function together(parts: readonly Aggregates[]): Aggregates {
  let sum = 0;
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    sum += part.avg * part.count;
    count += part.count;
    min = Math.min(min, part.min);
    max = Math.max(max, part.max);
  }
  return { avg: sum / count, min, max, count };
}
