import { expect, test } from 'vitest';
import { type ExtractedPoint, extract } from '../../src/sources/archive/extractor.ts';
import { loadExtractor } from '../../src/sources/archive/load-extractor.ts';
import { platformSnapshot } from '../../src/sources/archive/platform-snapshot.ts';

const AT = Date.UTC(2026, 10, 23, 14, 2);
const point = (value: unknown, more: object = {}) => [{ metric: 'm', value, ...more } as ExtractedPoint];
const run = (returned: unknown) => extract(() => returned as readonly ExtractedPoint[], {}, AT, AT);
const platform = (snapshot: unknown) => extract(platformSnapshot('platform'), snapshot, AT, AT);
const values = (snapshot: unknown) =>
  Object.fromEntries(
    platform(snapshot).points.map(({ metric, labels, value }) => [
      labels ? `${metric} ${labels.stream}` : metric,
      value,
    ]),
  );

test('points pass as they are', () => {
  expect(run(point(1.5))).toEqual({ points: point(1.5), rejected: [] });
  expect(run({ points: point(0), rejected: ['row 1'] })).toEqual({ points: point(0), rejected: ['row 1'] });
  expect(run([])).toEqual({ points: [], rejected: [] });
});

test.for([
  [point(Number.NaN), 'value NaN is not a finite number'],
  [point(Number.POSITIVE_INFINITY), 'value Infinity is not a finite number'],
  [point('7'), 'value 7 is not a finite number'],
  [point(1, { timestamp: AT + 86_400_000 }), 'is in the future'],
  [point(1, { timestamp: -5 }), 'not a whole number of epoch milliseconds'],
  [point(1, { timestamp: AT * 1000 }), 'not a whole number of epoch milliseconds'],
  [point(1, { kind: 'speed' }), 'kind "speed" is none of'],
  [point(1, { labels: 'x' }), 'labels are no object'],
  [point(1, { title: 5 }), 'title is no text'],
  [point(1, { unit: 5 }), 'unit is no text'],
  [[null], 'not an object'],
  [[{ value: 1 }], 'no metric'],
  [undefined, 'returned no list'],
  [{}, 'returned no list'],
  [Promise.resolve([]), 'returned a promise'],
] as const)('%j fails the object', ([returned, reason]) => {
  expect(() => run(returned)).toThrow(reason);
});

test('a platform gives its total, its number of streams and each stream', () => {
  const body = [
    { mint: 'A', name: 'alpha', num_participants: 7 },
    { mint: 'B', name: '', title: 'beta', num_participants: 0 },
  ];
  expect(values(body)).toEqual({
    'platform.viewers': 7,
    'platform.streams': 2,
    'platform.stream.viewers A': 7,
    'platform.stream.viewers B': 0,
  });
  const titles = platform(body).points.map(({ title }) => title);
  expect(titles).toEqual(['alpha', 'beta', 'platform: viewers of all streams', 'platform: live streams']);
});

test.for(['streams', 'coins', 'items'])('the list may stand under %s', (name) => {
  expect(values({ simulated: true, [name]: [{ id: 12, viewers: 3 }] })).toEqual({
    'platform.viewers': 3,
    'platform.streams': 1,
    'platform.stream.viewers 12': 3,
  });
});

test.for([
  [{ num_participants: 5, viewers: 6 }, 5],
  [{ num_participants: null, viewers: 6 }, 6],
  [{ viewer_count: 8 }, 8],
  [{ viewer_count: '9' }, 9],
  [{ viewers: '12.5' }, 12.5],
])('viewers of %j are %d', ([row, viewers]) => {
  expect(values([{ id: 'A', ...(row as object) }])['platform.stream.viewers A']).toBe(viewers);
});

test('no stream at all is a true zero', () => {
  expect(values([])).toEqual({ 'platform.viewers': 0, 'platform.streams': 0 });
});

test('rows without a number are left out and named, never taken for zero', () => {
  const bad = [
    { id: 'B' },
    { id: 'C', viewers: '' },
    { id: 'D', viewers: -1 },
    { id: 'E', viewers: 'many' },
    { viewers: 3 },
    null,
    'text',
    { id: '', viewers: 4 },
  ];
  const { points, rejected } = platform([{ id: 'A', viewers: 2 }, ...bad]);
  expect(points.map(({ value }) => value)).toEqual([2, 2, 1]);
  expect(rejected).toEqual([
    'row 1 (B): no number of viewers',
    'row 2 (C): no number of viewers',
    'row 3 (D): no number of viewers',
    'row 4 (E): no number of viewers',
    'row 5: no id',
    'row 6: no id',
    'row 7: no id',
    'row 8: no id',
  ]);
});

test('of an id that comes twice the first row counts', () => {
  const rows = [
    { id: 'A', viewers: 2 },
    { id: 'A', viewers: 9 },
  ];
  expect(values(rows)).toEqual({ 'platform.viewers': 2, 'platform.streams': 1, 'platform.stream.viewers A': 2 });
  expect(platform(rows).rejected).toEqual(['row 1 (A): this id came before']);
});

test.for([[null], [5], ['text'], [{}], [{ streams: { A: 1 } }], [{ error: 'rate limited' }]])(
  '%j is no snapshot of a platform',
  ([body]) => {
    expect(() => platform(body)).toThrow('no list of streams');
  },
);

test('a list of which no row can be read is of the wrong shape', () => {
  expect(() => platform([{ title: 'x' }, { title: 'y' }])).toThrow('no row could be read; row 0: no id');
});

test('an extractor is found in a configuration file, and its absence is named', async () => {
  const file = new URL('./configuration.fixture.ts', import.meta.url).pathname;
  const extractor = await loadExtractor({ kind: 'file', file, archive: 'own' });
  expect(extractor({ temperature: 21 }, AT)).toEqual([{ metric: 'temperature', unit: '°C', value: 21 }]);
  await expect(loadExtractor({ kind: 'file', file, archive: 'other' })).rejects.toThrow('no archive "other"');
  await expect(loadExtractor({ kind: 'file', file: '/absent.ts', archive: 'own' })).rejects.toThrow('/absent.ts');
});
