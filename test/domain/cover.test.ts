import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverExactly } from '../../src/domain/cover.ts';
import { keptLevels, LADDER } from '../../src/domain/ladder.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';

const minute = fc.integer({ min: 0, max: 6 * 24 * 60 });

test('pieces tile the range, fit their level and never read a dirty rollup', () => {
  const levels = keptLevels(MINUTE);
  const finest = levels[0] as number;
  fc.assert(
    fc.property(
      minute,
      minute,
      fc.uniqueArray(fc.integer({ min: 0, max: 6 * 96 }), { maxLength: 6 }),
      (a, b, marks) => {
        const [from, to] = [Math.min(a, b) * MINUTE, Math.max(a, b) * MINUTE];
        const dirty = marks.map((mark) => mark * finest).sort((x, y) => x - y);
        const pieces = coverExactly(from, to, levels, dirty);
        expect(pieces.at(0)?.from ?? to).toBe(from);
        expect(pieces.at(-1)?.to ?? to).toBe(to);
        for (const [index, piece] of pieces.entries()) {
          if (index > 0) expect(piece.from).toBe(pieces[index - 1]?.to);
          if (piece.level === 0) continue;
          expect(piece.from % piece.level).toBe(0);
          expect(piece.to % piece.level).toBe(0);
          expect(dirty.some((bucket) => bucket < piece.to && bucket + finest > piece.from)).toBe(false);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a long range costs a handful of pieces, whatever its offset', () => {
  const from = 17 * MINUTE;
  const pieces = coverExactly(from, from + 400 * DAY, keptLevels(MINUTE), []);
  expect(pieces.length).toBeLessThanOrEqual(9);
  expect(pieces.reduce((rows, { level, from: start, to }) => rows + (to - start) / (level || MINUTE), 0)).toBeLessThan(
    450,
  );
});

test('levels that are not coarser than the data are not kept', () => {
  expect(keptLevels(10 * SECOND)).toEqual(LADDER);
  expect(keptLevels(MINUTE)).toEqual([15 * MINUTE, HOUR, 6 * HOUR, DAY]);
  expect(keptLevels(5 * MINUTE)).toEqual([15 * MINUTE, HOUR, 6 * HOUR, DAY]);
  expect(keptLevels(HOUR)).toEqual([6 * HOUR, DAY]);
  expect(keptLevels(DAY)).toEqual([]);
  expect(keptLevels(null)).toEqual(LADDER);
});
