import type { Instant } from './time.ts';

/**
 * What is kept of one series in one bucket. Never an average: averages are not mergeable, `sum / count` is exact at any width.
 * `first` and `last` are the values with the earliest and latest stamp.
 */
export interface Rollup {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly first: number;
  readonly last: number;
}

/** Rollups of one series in columns, sorted by time: the shape in which the store hands them out and caches hold them. */
export interface RollupColumns {
  readonly times: Float64Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly minimums: Float64Array;
  readonly maximums: Float64Array;
  readonly firsts: Float64Array;
  readonly lasts: Float64Array;
}

/** Columns for so many rows, all zero. */
export function emptyColumns(rows: number): RollupColumns {
  const column = (): Float64Array => new Float64Array(rows);
  return {
    times: column(),
    counts: column(),
    sums: column(),
    minimums: column(),
    maximums: column(),
    firsts: column(),
    lasts: column(),
  };
}

/** The rows from `start` up to `end`, copied. */
export function sliceColumns<Columns extends RollupColumns | PointColumns>(
  columns: Columns,
  start: number,
  end: number,
): Columns {
  const parts = Object.entries(columns).map(([name, column]) => [name, (column as Float64Array).slice(start, end)]);
  return Object.fromEntries(parts) as Columns;
}

/** Raw samples of one series in columns, sorted by time. */
export interface PointColumns {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Gathers points and rollups, which must arrive in order of time, into one rollup. */
export class Accumulator {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  first = Number.NaN;
  last = Number.NaN;

  addValue(value: number): void {
    if (this.count === 0) this.first = value;
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.last = value;
  }

  addRow(columns: RollupColumns, row: number): void {
    if (this.count === 0) this.first = columns.firsts[row] as number;
    this.count += columns.counts[row] as number;
    this.sum += columns.sums[row] as number;
    this.min = Math.min(this.min, columns.minimums[row] as number);
    this.max = Math.max(this.max, columns.maximums[row] as number);
    this.last = columns.lasts[row] as number;
  }

  addRollup(rollup: Rollup): void {
    if (rollup.count === 0) return;
    if (this.count === 0) this.first = rollup.first;
    this.count += rollup.count;
    this.sum += rollup.sum;
    this.min = Math.min(this.min, rollup.min);
    this.max = Math.max(this.max, rollup.max);
    this.last = rollup.last;
  }

  /** The rollup so far, or `undefined` when nothing was added: an empty bucket has no row. */
  finish(): Rollup | undefined {
    if (this.count === 0) return undefined;
    const { count, sum, min, max, first, last } = this;
    return { count, sum, min, max, first, last };
  }
}

export const sameRollup = (a: Rollup | undefined, b: Rollup | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.count === b.count &&
    a.sum === b.sum &&
    a.min === b.min &&
    a.max === b.max &&
    a.first === b.first &&
    a.last === b.last);

/** The index of the first entry of sorted `times` that is not before `instant`. */
export function lowerBound(times: Float64Array, instant: Instant): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
