import type { PointColumns, RollupColumns } from '../../domain/rollup.ts';

/** Rows `[at, value]` as columns. */
export function pointColumns(rows: readonly (readonly number[])[]): PointColumns {
  return { times: column(rows, 0), values: column(rows, 1) };
}

/** Rows `[at, count, sum, min, max, first, last]` as columns. */
export function rollupColumns(rows: readonly (readonly number[])[]): RollupColumns {
  return {
    times: column(rows, 0),
    counts: column(rows, 1),
    sums: column(rows, 2),
    minimums: column(rows, 3),
    maximums: column(rows, 4),
    firsts: column(rows, 5),
    lasts: column(rows, 6),
  };
}

function column(rows: readonly (readonly number[])[], index: number): Float64Array {
  const values = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) values[row] = (rows[row] as readonly number[])[index] as number;
  return values;
}
