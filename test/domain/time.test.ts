import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration, parseInstant } from '../../src/domain/time.ts';

test('durations are read in the units people write', () => {
  expect(parseDuration('90s')).toBe(90_000);
  expect(parseDuration('1h30m')).toBe(90 * MINUTE);
  expect(parseDuration('7d')).toBe(7 * DAY);
  expect(parseDuration('4w')).toBe(28 * DAY);
  expect(parseDuration('1y')).toBe(365 * DAY);
});

test.each(['', '0s', '-1h', '1', 'h', '1.5h', '1h 30m', '7D', '1mo', `${'9'.repeat(30)}y`, '9'.repeat(41)])(
  'the duration %j is refused',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('a written duration reads back as itself', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 * DAY }), (length) => {
      expect(parseDuration(formatDuration(length))).toBe(length);
    }),
  );
});

test('instants are ISO 8601 with a zone, dates, or epoch milliseconds', () => {
  const noon = Date.UTC(2026, 10, 23, 12);
  expect(parseInstant('2026-11-23T12:00:00Z')).toBe(noon);
  expect(parseInstant('2026-11-23T13:00+01:00')).toBe(noon);
  expect(parseInstant('2026-11-23T12:00:00.000000000Z')).toBe(noon);
  expect(parseInstant('2026-11-23')).toBe(noon - 12 * HOUR);
  expect(parseInstant(String(noon))).toBe(noon);
});

test.each([
  '',
  'yesterday',
  '2026-11-23T12:00:00',
  '2026-13-01',
  '1969-12-31',
  '2200-01-01',
  '99999999999999',
  '1e12',
  '-5',
])('the instant %j is refused', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});
