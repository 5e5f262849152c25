import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import type { RangeBody, ViewerTrendBody } from '../../src/http/contract.ts';
import { bruteForce, bruteForceBuckets } from '../history/brute-force.ts';
import { onEachEngine } from '../support/engines.ts';
import type { QueryResponse } from './bodies.ts';
import {
  freezeAndClose,
  landSamples,
  minutesUntil,
  NOW,
  openTestApp,
  streamViewers,
  type TestApp,
} from './test-app.ts';

const range = async ({ app, viewers }: TestApp, question: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/api/series/${viewers}/range?${question}`, headers });

onEachEngine((store) => {
  test('a range holds the samples counted one by one, and says what it knows', async () => {
    const made = await openTestApp(store().engine);
    const samples = minutesUntil(NOW, 3 * 24 * 60);
    await landSamples(made, samples);
    const body = (await range(made, 'window=2d&step=1h')).json<RangeBody>();
    const to = Math.floor(NOW / MINUTE) * MINUTE + MINUTE;
    const edges = [
      to - 2 * DAY,
      ...[...Array(48).keys()].map((hour) => Math.ceil((to - 2 * DAY) / HOUR) * HOUR + hour * HOUR),
      to,
    ];
    const expected = bruteForceBuckets(samples, edges);
    expect(body).toMatchObject({
      start: to - 2 * DAY,
      end: to,
      step: HOUR,
      zone: 'UTC',
      aggregate: 'avg',
      totalSamples: 2 * 24 * 60 - 1,
    });
    expect(
      body.points.map(({ t, count, sum, min, max, avg, value }) => ({ t, count, sum, min, max, avg, value })),
    ).toEqual(
      expected.map(({ from, count, sum, min, max }) => ({
        t: from,
        count,
        sum,
        min,
        max,
        avg: sum / count,
        value: sum / count,
      })),
    );
    expect(body.points.filter(({ partial }) => partial).map(({ t }) => t)).toEqual([edges[0], edges.at(-2)]);
    expect(body.envelope).toMatchObject({
      watermark: to - MINUTE,
      missingOmitted: 0,
      version: 1,
      refresh: { state: 'idle' },
    });
    expect(body.envelope.segments).toEqual([{ from: to - 2 * DAY, to: to - MINUTE, source: 'live' }]);
  });

  test('each aggregate is the one asked for', async () => {
    const made = await openTestApp(store().engine);
    const to = Math.floor(NOW / HOUR) * HOUR;
    const samples = minutesUntil(to, 120);
    await landSamples(made, samples);
    const expected = bruteForceBuckets(samples, [to - 2 * HOUR, to - HOUR, to]);
    const values = async (aggregate: string) =>
      (await range(made, `from=${to - 2 * HOUR}&to=${to}&step=1h&aggregate=${aggregate}`))
        .json<RangeBody>()
        .points.map(({ value }) => value);
    for (const aggregate of ['min', 'max', 'sum', 'count', 'first', 'last'] as const) {
      expect(await values(aggregate)).toEqual(expected.map((bucket) => bucket[aggregate]));
    }
    expect(await values('avg')).toEqual(expected.map(({ sum, count }) => sum / count));
  });

  test('the trend: overall is the sum over the count, never an average of averages', async () => {
    const made = await openTestApp(store().engine);
    // Two samples on one day, three hundred on the next: an average of the days would be far off.
    const day = Math.floor(NOW / DAY) * DAY;
    const samples = new Map([
      [day - 2 * HOUR, 10_000],
      [day - HOUR, 20_000],
      ...[...Array(300).keys()].map((minute): [number, number] => [day + minute * MINUTE, minute % 7]),
    ]);
    await landSamples(made, samples);
    const response = await made.app.inject('/api/platform/viewer-trend?windowMinutes=2880&samples=50');
    const body = response.json<ViewerTrendBody>();
    const whole = bruteForce(samples, body.start, body.end);
    expect(body.totalSamples).toBe(302);
    expect(body.averages.overall).toBe((whole?.sum ?? 0) / 302);
    expect(body.averages.daily).toEqual([
      { date: '2026-04-01', avg: 15_000, min: 10_000, max: 20_000, count: 2 },
      { date: '2026-04-02', avg: expect.closeTo(2.98, 1), min: 0, max: 6, count: 300, partial: true },
    ]);
    expect(body.points.reduce((count, point) => count + point.count, 0)).toBe(302);
    expect(body.stream).toBeNull();
  });

  test('the trend of one stream, by local days of a half-hour zone', async () => {
    const made = await openTestApp(store().engine);
    const samples = minutesUntil(NOW, 36 * 60);
    await landSamples(made, samples, streamViewers('abc'));
    const response = await made.app.inject('/api/platform/viewer-trend?windowMinutes=2880&stream=abc&tz=Asia/Kolkata');
    const body = response.json<ViewerTrendBody>();
    expect(body.stream).toBe('abc');
    const midnight = Date.parse('2026-04-01T18:30:00Z');
    const [, today] = bruteForceBuckets(samples, [body.start, midnight, body.end]);
    expect(body.averages.daily.at(-1)).toMatchObject({
      date: '2026-04-02',
      count: today?.count,
      avg: (today?.sum ?? 0) / (today?.count ?? 1),
    });
  });

  test('one sample in ten years is the average of ten years, and the rest is said to be missing', async () => {
    const made = await openTestApp(store().engine);
    const at = Math.floor(NOW / MINUTE) * MINUTE - MINUTE;
    await landSamples(made, new Map([[at, 42]]));
    const body = (await made.app.inject('/api/platform/viewer-trend?windowMinutes=5256000')).json<ViewerTrendBody>();
    expect(body.averages.overall).toBe(42);
    expect(body.totalSamples).toBe(1);
    expect(body.envelope.coverage).toMatchObject({ have: MINUTE, dataFrom: at, dataTo: at + MINUTE });
    expect(body.envelope.missing[0]).toMatchObject({
      to: at,
      reason: 'never-asked',
      detail: 'before the first data of the source',
    });
  });

  test('an archive of which nothing was read yet has an empty trend that says why', async () => {
    const made = await openTestApp(store().engine);
    const body = (await made.app.inject('/api/platform/viewer-trend?windowMinutes=60')).json<ViewerTrendBody>();
    expect(body).toMatchObject({ totalSamples: 0, averages: { overall: null, daily: [] }, points: [] });
    expect(body.envelope.missing).toMatchObject([{ reason: 'never-asked' }]);
  });

  test('many series in one call: those that cannot be answered say why, the others stand', async () => {
    const made = await openTestApp(store().engine);
    const samples = minutesUntil(NOW, 300);
    await landSamples(made, samples);
    await landSamples(made, samples, streamViewers('abc'));
    const listed = (await made.app.inject('/api/series'))
      .json<{ series: { id: string }[] }>()
      .series.map(({ id }) => id);
    const series = [listed[0], 'ghost', listed[1]];
    const ask = () =>
      made.app.inject({ method: 'POST', url: '/api/series/query', payload: { series, window: '2h', step: '1h' } });
    const { results } = (await ask()).json<QueryResponse>();
    expect(results.map((result) => ('points' in result ? result.series.id : result))).toEqual([
      listed[0],
      { seriesId: 'ghost', problem: 'there is no series with the id "ghost"' },
      listed[1],
    ]);
    const alone = (await made.app.inject(`/api/series/${listed[1]}/range?window=2h&step=1h`)).json<RangeBody>();
    expect(results[2]).toEqual(alone);
  });

  test('a caller who holds the answer gets 304 until something lands, also from another process', async () => {
    const made = await openTestApp(store().engine);
    await landSamples(made, minutesUntil(NOW - HOUR, 300));
    const first = await range(made, 'window=6h');
    const etag = String(first.headers.etag);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    expect(etag).toMatch(/^W\/"/);
    const again = await range(made, 'window=6h', { 'if-none-match': `"x", ${etag}` });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    expect(again.headers['content-security-policy']).toBeDefined();

    // Nothing of this process knows of the write.
    const elsewhere = await store().reopen();
    await landSamples({ ...made, engine: elsewhere }, new Map([[NOW - 10 * MINUTE, 5_000_000]]));
    await expect.poll(async () => (await range(made, 'window=6h', { 'if-none-match': etag })).statusCode).toBe(200);
    expect((await range(made, 'window=6h')).json<RangeBody>().overall?.max).toBe(5_000_000);
  });

  test('a window moves on with the clock, and not within a minute', async () => {
    const made = await openTestApp(store().engine);
    await landSamples(made, minutesUntil(NOW, 300));
    const etag = async () => (await range(made, 'window=1h')).headers.etag;
    const first = await etag();
    made.clock.advance(20_000);
    expect(await etag()).toBe(first);
    made.clock.advance(20_000);
    expect(await etag()).not.toBe(first);
  });

  test('a range that is closed for good may be kept, until it is restated', async () => {
    const made = await openTestApp(store().engine);
    const samples = minutesUntil(NOW, 12 * 60);
    const closed = { from: NOW - 10 * HOUR, to: NOW - 2 * HOUR };
    const from = Math.ceil(closed.from / HOUR) * HOUR;
    const hole = from + 30 * MINUTE;
    samples.delete(hole);
    await landSamples(made, samples);
    await freezeAndClose(made, closed);
    const question = `from=${from}&to=${from + 5 * HOUR}`;
    const first = await range(made, question);
    expect(first.headers['cache-control']).toBe('private, max-age=86400, immutable');
    expect(first.json<RangeBody>().envelope.segments).toEqual([{ from, to: from + 5 * HOUR, source: 'frozen' }]);
    expect((await range(made, 'window=9h')).headers['cache-control']).toBe('private, no-cache');
    expect((await range(made, `from=${from}&to=${NOW}`)).headers['cache-control']).toBe('private, no-cache');

    await landSamples(made, new Map([[hole, 9_999]]));
    expect((await range(made, question)).headers['cache-control']).toBe('private, no-cache');
    await freezeAndClose(made, closed);
    const restated = await range(made, question, { 'if-none-match': String(first.headers.etag) });
    expect(restated.statusCode).toBe(200);
    expect(restated.json<RangeBody>()).toMatchObject({ envelope: { version: 2 }, overall: { max: 9_999 } });
    expect(restated.headers['cache-control']).toBe('private, max-age=86400, immutable');
  });

  test('a hot answer computes nothing, however many ask at once', async () => {
    const made = await openTestApp(store().engine);
    await landSamples(made, minutesUntil(NOW, 300));
    const misses = async () => /^varve_answer_cache_misses (\d+)$/m.exec((await made.app.inject('/metrics')).body)?.[1];
    const bodies = await Promise.all([...Array(50)].map(async () => (await range(made, 'window=3h')).body));
    expect(new Set(bodies).size).toBe(1);
    expect(await misses()).toBe('1');
    await range(made, 'window=3h');
    expect(await misses()).toBe('1');
  });
});
