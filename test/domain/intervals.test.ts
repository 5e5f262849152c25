import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, covers, gaps, totalLength, unite } from '../../src/domain/intervals.ts';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -3, max: 12 }))
  .map(([from, length]) => ({ from, to: from + length }));

test('union, gaps and clipping agree with a list of single units', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 8 }), interval, (intervals, range) => {
      const units = new Set(
        intervals.flatMap(({ from, to }) => Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index)),
      );
      const set = unite(intervals);
      expect(totalLength(set)).toBe(units.size);
      const inside = Array.from({ length: Math.max(range.to - range.from, 0) }, (_, index) => range.from + index);
      expect(totalLength(clip(set, range))).toBe(inside.filter((unit) => units.has(unit)).length);
      expect(totalLength(gaps(set, range))).toBe(inside.filter((unit) => !units.has(unit)).length);
      expect(covers(set, range)).toBe(inside.every((unit) => units.has(unit)));
      expect(unite([...clip(set, range), ...gaps(set, range)])).toEqual(unite([range]));
    }),
    { numRuns: 300 },
  );
});
