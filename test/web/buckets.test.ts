import { expect, test } from 'vitest';
import { bucketAt, runsOf } from '../../web/src/chart/buckets.ts';
import { answer, DAY, envelope, HOUR, MINUTE, point, T0 } from './answers.ts';

const starts = (runs: ReturnType<typeof runsOf>) => runs.map((run) => run.map(({ from }) => (from - T0) / HOUR));

test('a missing bucket splits the line', () => {
  const points = [0, 1, 3, 4, 5].map((hour) => point(T0 + hour * HOUR));
  expect(starts(runsOf(answer({ points })))).toEqual([
    [0, 1],
    [3, 4, 5],
  ]);
});

test('a first bucket cut by the window hides no gap behind its odd length', () => {
  const start = T0 + 50 * MINUTE;
  const cut = point(start, 1, { partial: true });
  const joined = runsOf(answer({ start, points: [cut, point(T0 + HOUR)] }));
  expect(joined).toHaveLength(1);
  // From 10:50 to 12:00 is hardly more than a step, and yet the bucket of 11:00 is missing.
  const split = runsOf(answer({ start, points: [cut, point(T0 + 2 * HOUR)] }));
  expect(split).toHaveLength(2);
  expect(split[0]?.[0]?.to).toBe(T0 + HOUR);
});

test('a day of 25 hours is no gap', () => {
  const midnight = Date.UTC(2026, 9, 24, 22);
  const points = [midnight, midnight + 25 * HOUR, midnight + 25 * HOUR + DAY].map((t) => point(t));
  const range = answer({ start: midnight, end: midnight + 4 * DAY, step: DAY, zone: 'Europe/Berlin', points });
  expect(runsOf(range)).toHaveLength(1);
  expect(runsOf(range)[0]?.[0]?.to).toBe(midnight + 25 * HOUR);
});

test('the open bucket is told from one cut by the window, and ends with the window', () => {
  const last = T0 + 5 * HOUR;
  const end = last + 20 * MINUTE;
  const range = answer({
    end,
    points: [point(T0, 1, { partial: true }), point(last, 1, { partial: true })],
    envelope: envelope({
      partial: [
        { from: T0, to: T0 + HOUR, reason: 'window-edge' },
        { from: last, to: end, reason: 'open' },
      ],
    }),
  });
  expect(runsOf(range).flat()).toMatchObject([
    { open: false, partial: true },
    { open: true, partial: true, to: end },
  ]);
});

test('finds the bucket under an instant, and none in a gap', () => {
  const buckets = runsOf(answer({ points: [point(T0), point(T0 + 2 * HOUR)] })).flat();
  expect(bucketAt(buckets, T0 + HOUR - 1)?.from).toBe(T0);
  expect(bucketAt(buckets, T0 + HOUR)).toBeUndefined();
  expect(bucketAt(buckets, T0 + 2 * HOUR)?.from).toBe(T0 + 2 * HOUR);
  expect(bucketAt(buckets, T0 + 9 * HOUR)).toBeUndefined();
});
