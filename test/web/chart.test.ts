import { expect, test } from 'vitest';
import { chartModel } from '../../web/src/chart/chart-model.ts';
import { chartSummary } from '../../web/src/chart/chart-summary.ts';
import { pointedAt } from '../../web/src/chart/pointed.ts';
import { samplesFor } from '../../web/src/chart/samples.ts';
import { lastValue, sparkPath } from '../../web/src/chart/spark-path.ts';
import { tableRows } from '../../web/src/chart/table-rows.ts';
import { valueRange } from '../../web/src/chart/value-range.ts';
import { answer, envelope, HOUR, MINUTE, point, T0 } from './answers.ts';

const at = (hour: number) => T0 + hour * HOUR;

const withGap = answer({
  points: [point(at(0), 2), point(at(1), 4), point(at(3), 3)],
  envelope: envelope({
    missing: [
      { from: at(2), to: at(3), reason: 'failed', detail: 'a/b.json: 503' },
      { from: at(1) + 10 * MINUTE, to: at(1) + 12 * MINUTE, reason: 'empty', detail: '' },
    ],
  }),
});

test('nothing is drawn across a gap, and a lonely bucket gets a dot', () => {
  const { columns } = chartModel(withGap);
  expect(columns.line).toEqual([2, 4, null, 3]);
  expect(columns.high).toEqual([3, 5, null, 4]);
  expect(columns.lonely).toEqual([3]);
  expect(columns.times[0]).toBe(at(0) + HOUR / 2);
});

test('the open bucket is dashed and joined to the closed one before it', () => {
  const open = answer({
    points: [point(at(0), 2), point(at(1), 4), point(at(2), 9, { partial: true })],
    envelope: envelope({ partial: [{ from: at(2), to: at(3), reason: 'open' }] }),
  });
  const { columns } = chartModel(open);
  expect(columns.line).toEqual([2, 4, null]);
  expect(columns.dashed).toEqual([null, 4, 9]);
});

test('of sums also the bucket cut by the window is dashed, without a band that would stretch the axis', () => {
  const sums = answer({ aggregate: 'sum', points: [point(at(0), 2, { partial: true }), point(at(1), 4)] });
  const { columns } = chartModel(sums);
  expect(columns.line).toEqual([null, 4]);
  expect(columns.dashed).toEqual([2, 4]);
  expect(columns.high).toEqual([null, null]);
});

test('pointing at a gap tells its reason and detail', () => {
  const pointed = pointedAt(chartModel(withGap), at(2) + MINUTE);
  expect(pointed?.bucket).toBeUndefined();
  expect(pointed?.missing).toMatchObject([{ reason: 'failed', detail: 'a/b.json: 503' }]);
});

test('pointing at a bucket tells what is missing inside it', () => {
  const pointed = pointedAt(chartModel(withGap), at(1) + MINUTE);
  expect(pointed?.bucket?.point.value).toBe(4);
  expect(pointed?.missing.map(({ reason }) => reason)).toEqual(['empty']);
});

test('pointing at buckets that vanished without a reason gives the empty time', () => {
  const pointed = pointedAt(chartModel(withGap), at(5));
  expect(pointed).toMatchObject({ bucket: undefined, missing: [], span: { from: at(4), to: at(6) } });
});

test('the table has a row for each bucket and each time without, newest first', () => {
  expect(tableRows(chartModel(withGap)).map(({ from, why }) => [(from - T0) / HOUR, why])).toEqual([
    [4, 'no samples'],
    [3, ''],
    [2, 'failed'],
    [1, ''],
    [0, ''],
  ]);
});

test('a sparkline breaks at gaps and draws single buckets as dots', () => {
  const { line, dots } = sparkPath(withGap, 60, 20);
  expect(line.match(/M/g)).toHaveLength(1);
  expect(dots).toEqual([{ x: 35, y: 10 }]);
});

test('of totals the newest whole bucket is the last value', () => {
  const points = [point(at(0), 7), point(at(1), 2, { partial: true })];
  expect(lastValue(answer({ points }))).toBe(2);
  expect(lastValue(answer({ points, aggregate: 'increase' }))).toBe(7);
});

test('the summary says in words what the picture shows', () => {
  const text = chartSummary(withGap, 'UTC', at(6));
  expect(text).toContain('Viewers, 23 Nov 10:00 – 16:00: average 3 viewers, from 1 viewers to 5 viewers');
  expect(text).toContain('drawn in 2 pieces with gaps between');
});

test('asks for buckets by width, in shared steps', () => {
  expect([200, 1_000, 1_049, 1_392, 4_000].map(samplesFor)).toEqual([200, 700, 700, 1_000, 1_000]);
});

test('the value axis begins at zero where that is near or meant', () => {
  expect(valueRange(1, 10, false)[0]).toBe(0);
  expect(valueRange(1_000, 1_010, false)[0]).toBeGreaterThan(990);
  expect(valueRange(1_000, 1_010, true)[0]).toBe(0);
  expect(valueRange(0, 0, false)).toEqual([0, 1]);
  expect(valueRange(-5, 5, true)[0]).toBeLessThan(-5);
});
