import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Increase } from '../../src/domain/increase.ts';
import type { RollupColumns } from '../../src/domain/rollup.ts';

const row = (values: readonly number[]): RollupColumns => {
  const one = (value: number | undefined) => Float64Array.of(value as number);
  return {
    times: one(0),
    counts: one(values.length),
    sums: one(0),
    minimums: one(Math.min(...values)),
    maximums: one(Math.max(...values)),
    firsts: one(values[0]),
    lasts: one(values.at(-1)),
  };
};

/** Growth by definition: each sample against the one before, a fall counting from zero. */
const growth = (values: readonly number[]): number =>
  values
    .slice(1)
    .reduce(
      (total, value, index) => total + (value >= (values[index] as number) ? value - (values[index] as number) : value),
      0,
    );

test('a counter that never restarts grows by what the samples say, through samples and rollups alike', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      (steps) => {
        let total = 0;
        const buckets = steps.map((bucket) => bucket.map((step) => (total += step)));
        const increase = new Increase();
        buckets.forEach((bucket, index) => {
          if (index % 2 === 0) increase.addRow(row(bucket), 0);
          else for (const value of bucket) increase.addValue(value);
        });
        expect(increase.take()).toBe(growth(buckets.flat()));
      },
    ),
  );
});

test('a restart between and inside rollups counts from zero', () => {
  const between = new Increase();
  between.addRow(row([100, 110]), 0);
  between.addRow(row([4, 9]), 0);
  expect(between.take()).toBe(10 + 4 + 5);
  const inside = new Increase();
  inside.addRow(row([100, 110, 3, 8]), 0);
  expect(inside.take()).toBe(10 + 8);
});
