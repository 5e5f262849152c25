import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { bucketEdges } from '../../src/domain/buckets.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { findZone, localDate, startOfDay, type Zone } from '../../src/domain/zone.ts';

const ZONES = [
  'UTC',
  'America/New_York',
  'America/Santiago',
  'America/St_Johns',
  'Europe/Berlin',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
];

const zone = (name: string): Zone => findZone(name) ?? expect.fail(`zone ${name}`);

test('days begin where the calendar says, in any zone and at any instant', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2060, 0, 1) }),
      (name, instant) => {
        const moment = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name);
        expect(zone(name).offsetAt(instant)).toBe(moment.offsetNanoseconds / 1e6);
        expect(startOfDay(zone(name), instant)).toBe(moment.startOfDay().epochMilliseconds);
        expect(localDate(zone(name), instant)).toBe(moment.toPlainDate().toString());
      },
    ),
    { numRuns: 500 },
  );
});

test('wall times in gaps and overlaps are settled as calendars do', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 365 * 24 * 4 }), (name, quarter) => {
      const wall = Date.UTC(2026, 0, 1) + quarter * 15 * MINUTE;
      const plain = Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, 19));
      expect(zone(name).fromWall(wall)).toBe(plain.toZonedDateTime(name).epochMilliseconds);
    }),
    { numRuns: 500 },
  );
});

test('days of 23 and 25 hours, and half-hour zones, have their length', () => {
  const lengths = (name: string, from: string, to: string): number[] => {
    const edges = bucketEdges({ from: Date.parse(from), to: Date.parse(to) }, DAY, zone(name));
    return Array.from(edges.slice(1), (edge, index) => (edge - (edges[index] as number)) / HOUR);
  };
  expect(lengths('America/New_York', '2026-03-07T05:00:00Z', '2026-03-10T04:00:00Z')).toEqual([24, 23, 24]);
  expect(lengths('America/New_York', '2026-10-31T04:00:00Z', '2026-11-03T05:00:00Z')).toEqual([24, 25, 24]);
  expect(lengths('Australia/Lord_Howe', '2026-04-03T13:00:00Z', '2026-04-06T13:30:00Z')).toEqual([24, 24.5, 24]);
  expect(lengths('Asia/Kolkata', '2026-04-03T18:30:00Z', '2026-04-05T18:30:00Z')).toEqual([24, 24]);
});

test('weeks begin on Mondays of the zone', () => {
  const range = { from: Date.parse('2026-11-01T00:00:00Z'), to: Date.parse('2026-11-29T00:00:00Z') };
  const berlin = zone('Europe/Berlin');
  const edges = [...bucketEdges(range, 7 * DAY, berlin)].slice(1, -1);
  expect(edges.map((edge) => localDate(berlin, edge))).toEqual([
    '2026-11-02',
    '2026-11-09',
    '2026-11-16',
    '2026-11-23',
  ]);
  expect(edges.every((edge) => startOfDay(berlin, edge) === edge)).toBe(true);
});

test.each(['', 'Mars/Olympus', '../../etc/passwd', 'Europe/Berlin; drop', '+99:99', 'x'.repeat(100)])(
  'the zone %j is refused',
  (name) => {
    expect(findZone(name)).toBeUndefined();
  },
);
