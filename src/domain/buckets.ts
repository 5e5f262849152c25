import { DAY, HOUR, type Instant, type Interval, MINUTE, SECOND } from './time.ts';
import { localDay, type Zone } from './zone.ts';

/** Steps that people expect on an axis. Each up to a day divides it; from a week on they begin on Mondays. */
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 56, 112].map((count) => count * DAY),
];

/** How many buckets an answer has when the caller does not say: a year by days fits. */
export const DEFAULT_SAMPLES = 366;
export const MAXIMUM_SAMPLES = 5_000;

/** The finest step that needs at most `samples` buckets for `length` and is not finer than the data. */
export function chooseStep(length: number, samples: number, finest: number): number {
  const needed = Math.max(finest, length / samples);
  return (
    STEPS.find((step) => step >= needed && step % finest === 0) ??
    STEPS.find((step) => step >= needed) ??
    Math.ceil(needed / DAY) * DAY
  );
}

/** Why a step cannot be asked for, or `undefined` when it can. */
export function stepProblem(step: number, range: Interval): string | undefined {
  if (step < SECOND) return 'a step is at least 1s';
  if (step < DAY && DAY % step !== 0) return 'a step under a day must divide the day evenly, e.g. 1m, 15m, 1h, 6h';
  if (step >= DAY && step % DAY !== 0) return 'a step over a day must be whole days';
  if ((range.to - range.from) / step > MAXIMUM_SAMPLES)
    return `that is more than ${MAXIMUM_SAMPLES} buckets; ask for a larger step or a shorter range`;
  return undefined;
}

/**
 * The edges of the buckets of `step` that cover `range`, in local time of `zone`: n + 1 edges for n buckets. The first and last
 * edges are those of the range itself, so a bucket that the range cuts is short. Days are local days (23 and 25 hours long
 * where clocks change), steps of two hours and more begin on the local clock's multiples, finer ones tick on from midnight.
 */
export function bucketEdges(range: Interval, step: number, zone: Zone): Float64Array {
  const inner: number[] = [];
  if (zone.name === 'UTC' && step < DAY) {
    for (let edge = Math.floor(range.from / step) * step + step; edge < range.to; edge += step) inner.push(edge);
  } else if (step < DAY) {
    for (let day = localDay(zone, range.from); ; day++) {
      const start = zone.fromWall(day * DAY);
      if (start >= range.to) break;
      addEdgesOfDay(inner, day, step, zone);
    }
  } else {
    const days = step / DAY;
    // Day 4 of 1970 was the first Monday.
    const offset = days % 7 === 0 ? 4 : 0;
    let day = Math.floor((localDay(zone, range.from) - offset) / days) * days + offset;
    for (let edge = zone.fromWall(day * DAY); edge < range.to; edge = zone.fromWall(day * DAY)) {
      inner.push(edge);
      day += days;
    }
  }
  const edges = [range.from];
  for (const edge of inner) if (edge > (edges.at(-1) as number) && edge < range.to) edges.push(edge);
  if (range.to > range.from) edges.push(range.to);
  return Float64Array.from(edges);
}

function addEdgesOfDay(edges: number[], day: number, step: number, zone: Zone): void {
  const wall = day * DAY;
  if (step > HOUR) {
    for (let offset = 0; offset < DAY; offset += step) edges.push(zone.fromWall(wall + offset));
    return;
  }
  const next = zone.fromWall(wall + DAY);
  for (let edge = zone.fromWall(wall); edge < next; edge += step) edges.push(edge);
}

/** The range of `length` that ends now: its end is the end of the sample that is being made, so that all callers of one interval share one answer. */
export function windowEnding(now: Instant, length: number, quantum: number): Interval {
  const to = Math.floor(now / quantum) * quantum + quantum;
  return { from: to - length, to };
}
