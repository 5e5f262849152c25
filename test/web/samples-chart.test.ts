import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tableRows } from '../../web/src/chart/table-rows.ts';
import { fieldSeries } from '../../web/src/samples/field-series.ts';
import { latestModel, segmentLength } from '../../web/src/samples/latest-model.ts';
import { fieldsOf, runsOfSegments, segmentsOf, spacingOf } from '../../web/src/samples/latest-runs.ts';
import { numbersOf } from '../../web/src/samples/window-numbers.ts';
import { windowSummary } from '../../web/src/samples/window-summary.ts';
import { envelope, HOUR, MINUTE, T0 } from './answers.ts';
import { latest, SECOND, segment } from './samples.ts';

const FROM = T0 - HOUR;
const three = (index: number, avg = 1, more = {}) =>
  segment(FROM + index * 3 * MINUTE, FROM + (index + 1) * 3 * MINUTE, avg, { count: 18, ...more });
const lengths = (runs: readonly (readonly unknown[])[]) => runs.map(({ length }) => length);

test('segments that touch belong together, whatever is missing inside them', () => {
  const missing = [{ from: FROM, to: FROM + 6 * MINUTE, reason: 'empty', detail: '' }] as const;
  expect(lengths(runsOfSegments([three(0), three(1)], missing, T0))).toEqual([2]);
});

test('an empty segment longer than the pace of the samples breaks the line', () => {
  expect(lengths(runsOfSegments([three(0), three(1), three(3), three(4)], [], T0))).toEqual([2, 2]);
});

/** A sample every ten seconds in segments of four: most are empty, and nothing is missing. */
const sparse = (without: (index: number) => boolean = () => false) =>
  Array.from({ length: 30 }, (_, index) => FROM + index * 10 * SECOND)
    .filter((_, index) => !without(index))
    .map((at) => segment(at, at + 4 * SECOND));

test('segments shorter than the distance of samples are joined over the empty ones', () => {
  expect(spacingOf(sparse())).toBe(10 * SECOND);
  expect(lengths(runsOfSegments(sparse(), [], T0))).toEqual([30]);
});

test('a lost sample is a gap by the pace, and by the envelope even where the pace would bear it', () => {
  expect(
    lengths(
      runsOfSegments(
        sparse((index) => index === 10 || index === 11),
        [],
        T0,
      ),
    ),
  ).toEqual([10, 18]);
  const missing = [{ from: FROM + 91 * SECOND, to: FROM + 100 * SECOND, reason: 'not-closed', detail: '' }] as const;
  expect(lengths(runsOfSegments(sparse(), missing, T0))).toEqual([10, 20]);
});

test('no segment is lost or drawn twice, and a pointer finds each, however samples are strewn', () => {
  const places = fc.uniqueArray(fc.integer({ min: 0, max: 499 }), { maxLength: 200 });
  fc.assert(
    fc.property(places, (indexes) => {
      const segments = indexes
        .sort((a, b) => a - b)
        .map((index) => segment(FROM + index * 7_200, FROM + (index + 1) * 7_200, index));
      const buckets = runsOfSegments(segments, [], T0).flat();
      expect(buckets.map(({ point }) => point.t)).toEqual(segments.map(({ t }) => t));
      for (const [index, { from, to }] of buckets.entries()) {
        expect(to).toBeGreaterThan(from);
        expect(to).toBeLessThanOrEqual(buckets[index + 1]?.from ?? to);
      }
    }),
  );
});

test('the open segment is dashed and joined to the one before', () => {
  const { columns, buckets } = latestModel(
    latest({ points: [three(18, 2), three(19, 4, { partial: true })] }),
    'UTC',
    '',
  );
  expect(buckets.map(({ open }) => open)).toEqual([false, true]);
  expect(columns.line).toEqual([2, null]);
  expect(columns.dashed).toEqual([2, 4]);
  expect(columns.high).toEqual([3, 5]);
});

test('a segment that was not over when the window was built is open', () => {
  const { buckets } = latestModel(latest({ to: T0 + SECOND, points: [three(19, 4, { to: T0 + SECOND })] }), 'UTC', '');
  expect(buckets.map(({ open }) => open)).toEqual([true]);
});

const withFields = latest({
  points: [
    three(0, 20, { dimensions: { humidity: { avg: 48, min: 40, max: 50, count: 18 } } }),
    three(1, 21),
    three(2, 22, { dimensions: { humidity: { avg: 50, min: 49, max: 60, count: 6 } } }),
  ],
  envelope: envelope({ missing: [{ from: FROM, to: FROM + MINUTE, reason: 'empty', detail: '' }] }),
});

test('a field has its own gaps, numbers and unit', () => {
  expect(fieldsOf(withFields)).toEqual(['humidity']);
  const model = latestModel(withFields, 'UTC', '%', 'humidity');
  expect(lengths(model.runs)).toEqual([1, 1]);
  expect(model.unit).toBe('%');
  expect(numbersOf(segmentsOf(withFields, 'humidity'))).toMatchObject({ avg: 48.5, min: 40, max: 60, samples: 24 });
  expect(numbersOf([])).toBeUndefined();
});

test('the table names the time without samples and why', () => {
  const rows = tableRows(latestModel(withFields, 'UTC', '%', 'humidity'));
  expect(rows.map(({ why }) => why)).toEqual(['no samples', '', 'no samples', '']);
});

test('the summary says in words what is drawn, and what is missing', () => {
  const model = latestModel(withFields, 'UTC', '°C');
  const numbers = numbersOf(segmentsOf(withFields, undefined));
  expect(windowSummary('temperature', model, numbers, segmentLength(withFields), T0)).toBe(
    'temperature, 23 Nov 09:00 – 10:00: average 21 °C, from 19 °C to 23 °C, ' +
      '54 samples in segments of 3 min, drawn without a gap. Latest 22 °C. Missing: 1 min closed, empty.',
  );
  const empty = latestModel(latest(), 'UTC', '°C');
  expect(windowSummary('temperature', empty, undefined, 3 * MINUTE, T0)).toContain('no samples');
});

test('a field is found as a series of the same device and labels', () => {
  const primary = { ...latest().series, metric: 'climate.temperature', labels: { room: 'a', device: 'd' } };
  const other = { ...primary, id: 'two', metric: 'climate.humidity', labels: { device: 'd', room: 'b' } };
  const own = { ...other, id: 'three', labels: { device: 'd', room: 'a' } };
  expect(fieldSeries([primary, other, own], primary, 'humidity')).toBe(own);
  expect(fieldSeries([primary, other, own], primary, 'temperature')).toBeUndefined();
});
