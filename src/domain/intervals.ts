import type { Instant, Interval } from './time.ts';

/** Sorted, disjoint, non-touching intervals. Every function here takes and returns that shape. */
export type IntervalSet = readonly Interval[];

/** Sorts and joins any intervals into a set; empty and reversed ones vanish. */
export function unite(intervals: Iterable<Interval>): IntervalSet {
  const sorted = [...intervals].filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  const joined: { from: Instant; to: Instant }[] = [];
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** The parts of `range` that no interval of `set` covers. */
export function gaps(set: IntervalSet, range: Interval): IntervalSet {
  const result: Interval[] = [];
  let from = range.from;
  for (let index = firstEndingAfter(set, range.from); index < set.length; index++) {
    const covered = set[index] as Interval;
    if (covered.from >= range.to) break;
    if (covered.from > from) result.push({ from, to: covered.from });
    from = covered.to;
  }
  if (from < range.to) result.push({ from, to: range.to });
  return result;
}

/** The parts of `set` inside `range`. */
export function clip(set: IntervalSet, range: Interval): IntervalSet {
  const result: Interval[] = [];
  for (let index = firstEndingAfter(set, range.from); index < set.length; index++) {
    const interval = set[index] as Interval;
    if (interval.from >= range.to) break;
    const clipped = { from: Math.max(interval.from, range.from), to: Math.min(interval.to, range.to) };
    if (clipped.from < clipped.to) result.push(clipped);
  }
  return result;
}

export const covers = (set: IntervalSet, range: Interval): boolean =>
  range.to <= range.from || gaps(set, range).length === 0;

export function totalLength(set: Iterable<Interval>): number {
  let total = 0;
  for (const { from, to } of set) total += to - from;
  return total;
}

/** Index of the first interval that ends after `instant`, by binary search; `set.length` when there is none. */
export function firstEndingAfter(set: readonly Interval[], instant: Instant): number {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((set[middle] as Interval).to > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}
