import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findZone } from '../../src/domain/zone.ts';
import { lengthText, moment, spanText } from '../../web/src/time/format-time.ts';
import { fromLocalInput, toLocalInput } from '../../web/src/time/local-input.ts';
import { tickInstants, tickLabels, tickStep } from '../../web/src/time/ticks.ts';
import { instantOfWall, offsetText, wallOf } from '../../web/src/time/zone.ts';
import { matchingZones } from '../../web/src/time/zone-search.ts';
import { DAY, HOUR, T0 } from './answers.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];

test('local times agree with those of the server', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: Date.UTC(2037, 0) }), (name, instant) => {
      const zone = findZone(name);
      expect(wallOf(name, instant)).toBe(instant + (zone?.offsetAt(instant) ?? Number.NaN));
      expect(instantOfWall(name, instant)).toBe(zone?.fromWall(instant));
    }),
    { numRuns: 300 },
  );
});

test('offsets are written for people', () => {
  expect(ZONES.map((zone) => offsetText(zone, T0))).toEqual(['UTC', 'UTC+1', 'UTC−5', 'UTC+5:45', 'UTC+11', 'UTC+13']);
});

test('ticks stand on round local times', () => {
  const span = { from: T0, to: T0 + DAY };
  const ticks = tickInstants(span, 'Asia/Kathmandu', tickStep(DAY, 8));
  expect(ticks.map((tick) => (wallOf('Asia/Kathmandu', tick) % (3 * HOUR)) / HOUR)).toEqual(ticks.map(() => 0));
  expect(ticks).toHaveLength(8);
});

test('days are marked at local midnight on both sides of a clock change', () => {
  const span = { from: Date.UTC(2026, 9, 23), to: Date.UTC(2026, 9, 28) };
  const ticks = tickInstants(span, 'Europe/Berlin', { unit: 'day', size: 1 });
  expect(ticks.map((tick) => new Date(tick).toISOString().slice(8, 13))).toEqual([
    '23T22',
    '24T22',
    '25T23',
    '26T23',
    '27T23',
  ]);
});

test('labels name the day where it begins, and months their year', () => {
  const step = { unit: 'ms', size: 6 * HOUR } as const;
  const ticks = tickInstants({ from: T0, to: T0 + 18 * HOUR }, 'UTC', step);
  expect(tickLabels(ticks, 'UTC', step)).toEqual(['12:00\n23 Nov', '18:00', '00:00\n24 Nov']);
  const months = { unit: 'month', size: 1 } as const;
  const span = { from: Date.UTC(2026, 10, 2), to: Date.UTC(2027, 1, 2) };
  expect(tickLabels(tickInstants(span, 'UTC', months), 'UTC', months)).toEqual(['Dec\n2026', 'Jan\n2027', 'Feb']);
});

test('there are never more ticks than asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60_000, max: 20 * 365 * DAY }), fc.integer({ min: 2, max: 16 }), (length, most) => {
      const ticks = tickInstants({ from: T0 - length, to: T0 }, 'Europe/Berlin', tickStep(length, most));
      expect(ticks.length).toBeLessThanOrEqual(most + 2);
    }),
    { numRuns: 100 },
  );
});

test('a moment is as short as it can be without doubt', () => {
  expect(moment(T0, 'UTC', T0 + HOUR)).toBe('10:00');
  expect(moment(T0, 'Europe/Berlin', T0 + DAY)).toBe('23 Nov 11:00');
  expect(moment(T0 - 365 * DAY, 'UTC', T0)).toBe('23 Nov 2025 10:00');
});

test('whole days need no clock', () => {
  const midnight = Date.UTC(2026, 10, 20);
  expect(spanText({ from: midnight, to: midnight + DAY }, 'UTC', T0)).toBe('20 Nov');
  expect(spanText({ from: midnight, to: midnight + 3 * DAY }, 'UTC', T0)).toBe('20 Nov – 22 Nov');
  expect(spanText({ from: T0, to: T0 + HOUR }, 'UTC', T0)).toBe('23 Nov 10:00 – 11:00');
  expect(spanText({ from: T0 + 7_200, to: T0 + 14_400 }, 'UTC', T0)).toBe('23 Nov 10:00:07 – 10:00:14');
});

test('lengths have two units at most', () => {
  expect([0, 400, 12_000, 90_000, HOUR, 26 * HOUR + 61_000].map(lengthText)).toEqual([
    '0 s',
    'under 1 s',
    '12 s',
    '1 min 30 s',
    '1 h',
    '1 d 2 h',
  ]);
});

test('fields for local times read back what they show', () => {
  for (const zone of ZONES) expect(fromLocalInput(toLocalInput(T0, zone), zone)).toBe(T0);
  expect(fromLocalInput('2026-11-31', 'UTC')).toBeUndefined();
  expect(fromLocalInput('', 'UTC')).toBeUndefined();
});

test('zones are found by any part of their name, likeliest first', () => {
  const zones = ['UTC', 'America/New_York', 'America/North_Dakota/New_Salem', 'Europe/Berlin', 'Asia/Katmandu'];
  expect(matchingZones(zones, 'new york', 'UTC')).toEqual(['America/New_York']);
  expect(matchingZones(zones, 'ber', 'UTC')).toEqual(['Europe/Berlin']);
  expect(matchingZones(zones, '', 'Europe/Berlin').slice(0, 2)).toEqual(['Europe/Berlin', 'UTC']);
});
