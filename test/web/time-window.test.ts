import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  brushed,
  pan,
  rangeProblem,
  readWindow,
  spanOf,
  type TimeWindow,
  writeWindow,
  zoom,
} from '../../web/src/time/time-window.ts';
import { DAY, HOUR, T0 } from './answers.ts';

const now = T0;
const day = { from: now - DAY, to: now };

test('an address says what is shown, readable by people', () => {
  expect(writeWindow({ window: '7d' }, undefined)).toBe('?window=7d');
  expect(writeWindow({ from: T0, to: T0 + HOUR }, 'Europe/Berlin')).toBe(
    '?from=2026-11-23T10:00:00Z&to=2026-11-23T11:00:00Z&tz=Europe/Berlin',
  );
});

test('what was written is read back', () => {
  const shown = fc.oneof(
    fc.constantFrom<TimeWindow>({ window: '1h' }, { window: '1y' }),
    fc
      .tuple(fc.integer({ min: 0, max: 4e6 }), fc.integer({ min: 1, max: 1e6 }))
      .map(([from, length]): TimeWindow => ({ from: from * 1_000, to: (from + length) * 1_000 })),
  );
  fc.assert(
    fc.property(shown, (window) => {
      expect(readWindow(writeWindow(window, 'UTC'))).toEqual({ shown: window, zone: 'UTC' });
    }),
  );
});

test('an unreadable address shows the default', () => {
  for (const search of ['', '?window=soon', '?from=x&to=y', '?from=2026-11-23&to=2026-11-22', '?tz=Mars/Base']) {
    expect(readWindow(search)).toEqual({ shown: { window: '24h' }, zone: undefined });
  }
});

test('panning stops at now, and there a known length moves on with the time', () => {
  expect(pan(day, -0.25, now)).toEqual({ from: day.from - DAY / 4, to: day.to - DAY / 4 });
  expect(pan({ from: now - 1.25 * DAY, to: now - DAY / 4 }, 0.5, now)).toEqual({ window: '24h' });
});

test('zooming keeps the middle and never leaves the known time', () => {
  expect(zoom(day, 0.5, now)).toEqual({ from: now - 0.75 * DAY, to: now - 0.25 * DAY });
  const wide = spanOf(zoom(day, 2, now), now);
  expect(wide.to).toBe(now);
  expect(wide.to - wide.from).toBe(2 * DAY);
  const least = spanOf(zoom({ from: now - 60_000, to: now }, 0.1, now), now);
  expect(least.to - least.from).toBe(60_000);
});

test('a brush is rounded outward, in either direction, and must be a minute long', () => {
  expect(brushed(T0 + 5 * HOUR + 20_000, T0 + 1_500)).toEqual({ from: T0, to: T0 + 5 * HOUR + 60_000 });
  expect(brushed(T0, T0 + 20_000)).toBeUndefined();
});

test('a range that cannot be says why', () => {
  expect(rangeProblem(undefined, T0, now)).toMatch('both');
  expect(rangeProblem(T0, T0 - 1, now)).toMatch('after');
  expect(rangeProblem(now + 1, now + DAY, now)).toMatch('future');
  expect(rangeProblem(now - DAY, now, now)).toBeUndefined();
});
