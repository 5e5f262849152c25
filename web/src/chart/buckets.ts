import type { RangeBody, RangePoint } from '../api/bodies.ts';
import { HOUR, type Span } from '../time/spans.ts';

/** A bucket with samples, and where it ends. */
export interface Bucket extends Span {
  readonly point: RangePoint;
  /** Still open: its numbers will change. */
  readonly open: boolean;
  /** Not a whole bucket: open, or cut by the edge of the window. A sum of it is too low. */
  readonly partial: boolean;
}

/** Buckets that follow each other without a missing one between. */
export type Run = readonly Bucket[];

type Drawn = Pick<RangeBody, 'points' | 'step' | 'end'> & {
  readonly envelope: { readonly partial: RangeBody['envelope']['partial'] };
};

/**
 * Splits the points of an answer where a bucket is missing. Buckets of two hours and more follow local clocks, so where
 * clocks change one of them is up to an hour longer without anything missing; the first one may be cut by the window's edge.
 */
export function runsOf({ points, step, end, envelope }: Drawn): Run[] {
  const open = envelope.partial.filter(({ reason }) => reason === 'open');
  const runs: Bucket[][] = [];
  for (const [index, point] of points.entries()) {
    const next = points[index + 1];
    const cut = index === 0 && point.partial === true;
    const slack = cut ? 0 : step >= 2 * HOUR ? HOUR : 0;
    const nominalEnd = cut && next ? edgeAfter(point.t, next.t, step) : point.t + step;
    const follows = next !== undefined && next.t <= nominalEnd + slack;
    const to = Math.min(follows ? next.t : nominalEnd, end);
    const bucket: Bucket = {
      from: point.t,
      to,
      point,
      partial: point.partial === true,
      open: point.partial === true && open.some((range) => range.from < to && range.to > point.t),
    };
    const previous = runs.at(-1);
    if (previous && (previous.at(-1) as Bucket).to === point.t) previous.push(bucket);
    else runs.push([bucket]);
  }
  return runs;
}

/** The first bucket edge after `start`, counted back from a later edge. */
const edgeAfter = (start: number, later: number, step: number): number =>
  later - Math.floor((later - start - 1) / step) * step;

/** The bucket that holds an instant, by binary search. */
export function bucketAt(buckets: readonly Bucket[], instant: number): Bucket | undefined {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((buckets[middle] as Bucket).to <= instant) low = middle + 1;
    else high = middle;
  }
  const found = buckets[low];
  return found && found.from <= instant ? found : undefined;
}
