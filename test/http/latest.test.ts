import { renameSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { segmentEdges, WINDOW_NAMES } from '../../src/domain/windows.ts';
import type { ProblemBody } from '../../src/http/contract.ts';
import {
  artifactMetaSchema,
  artifactSchema,
  type LatestBody,
  latestSchema,
  type PublicationListBody,
} from '../../src/http/samples-contract.ts';
import { seriesId } from '../../src/store/catalog.ts';
import { openStore } from '../../src/store/open.ts';
import { bodyKey, metaKey, versionKey } from '../../src/windows/keys.ts';
import { bruteForceBuckets } from '../history/brute-force.ts';
import { temporaryFile } from '../support/engines.ts';
import { every, idOf, push } from '../windows/windows-rig.ts';
import { eventually, openSamplesApp, type SamplesApp } from './samples-app.ts';
import { NOW, useStore } from './test-app.ts';

const engine = useStore();
const samples = every(30 * SECOND, NOW - 2 * HOUR, NOW);

const latestOf = async ({ app }: SamplesApp, query = ''): Promise<LatestBody> => {
  const response = await app.inject(`/api/samples/latest${query}`);
  expect(response.statusCode, response.body).toBe(200);
  return response.json<LatestBody>();
};
const isPublished = ({ meta }: LatestBody): boolean => meta.source === 'published' && !meta.stale;
const publishedOf = (rig: SamplesApp, query: string) => eventually(() => latestOf(rig, query), isPublished);

async function opened(metrics = { temperature: samples }): Promise<SamplesApp> {
  const rig = await openSamplesApp(engine());
  await push(rig.device, metrics);
  return rig;
}

const pointsIn = (segments: number, { from, to }: { from: number; to: number }) =>
  bruteForceBuckets(samples, [...segmentEdges({ from, to }, segments)]).map(
    ({ from: t, to: end, sum, count, min, max }) => ({
      t,
      to: end,
      avg: sum / count,
      min,
      max,
      count,
    }),
  );
const plain = ({ points }: LatestBody) => points.map(({ partial: _, ...point }) => point);

test('a window is answered from the ladder before it is published, and from memory after, alike', async () => {
  const rig = await opened();
  const before = await latestOf(rig, '?window=1h&samples=20');
  expect(before.meta).toMatchObject({ source: 'ladder', versionId: null, stale: false });
  expect(plain(before)).toEqual(pointsIn(20, before));
  await rig.publish();
  const after = await publishedOf(rig, '?window=1h&samples=20');
  expect(latestSchema.strict().parse(after)).toBeTruthy();
  expect(after.points).toEqual(before.points);
  expect(after.meta).toMatchObject({ window: '1h', granularity: 20, count: after.points.length });
});

test('a published answer is tagged, packed, and the same by every name', async () => {
  const rig = await opened();
  await rig.publish();
  await publishedOf(rig, '?window=1h');
  const { app } = rig;
  const url = '/api/samples/latest?window=1h&samples=20';
  const bare = await app.inject(url);
  const packed = await app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
  const refused = await app.inject({ url, headers: { 'accept-encoding': 'gzip;q=0' } });
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    vary: 'accept-encoding',
    'x-frame-options': 'DENY',
  });
  expect(gunzipSync(packed.rawPayload).toString()).toBe(bare.body);
  expect(refused.headers).not.toHaveProperty('content-encoding');
  const head = await app.inject({ url, method: 'HEAD' });
  expect([head.body, head.headers['content-length']]).toEqual(['', String(bare.rawPayload.byteLength)]);
  const same = await app.inject({ url, headers: { 'if-none-match': String(bare.headers.etag) } });
  expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', bare.headers.etag]);
  for (const query of [
    '?minutes=60',
    '?hours=1',
    '?window=60m',
    `?series=${rig.temperature}`,
    '?metric=temperature',
    '?metric=temperature&device=attic',
    '?device=attic',
  ])
    expect((await app.inject(`/api/samples/latest${query}`)).body, query).toBe(bare.body);
});

test('any other length and count is answered at once, merged from a published window where one can serve exactly', async () => {
  const rig = await opened();
  await rig.publish();
  for (const window of WINDOW_NAMES) await publishedOf(rig, `?window=${window}&samples=500`);
  const merged = await latestOf(rig, '?window=1h&samples=50');
  expect(merged.meta).toMatchObject({ source: 'published', granularity: 50, versionId: null, checksum: null });
  expect(plain(merged)).toEqual(pointsIn(50, merged));
  const ladder = await latestOf(rig, '?window=1h&samples=7');
  expect(ladder.meta.source).toBe('ladder');
  expect(plain(ladder)).toEqual(pointsIn(7, ladder));
  const odd = await latestOf(rig, '?minutes=90&samples=100');
  expect([odd.meta.window, odd.to - odd.from]).toEqual([null, 90 * MINUTE]);
  expect(plain(odd)).toEqual(pointsIn(100, odd));
  expect((await latestOf(rig, '?months=3&samples=500')).meta).toMatchObject({ window: '3m', source: 'published' });
});

test('dimensions stand beside the samples, also where a merge could not know them', async () => {
  const temperature = new Map([[NOW - 40 * SECOND, 20]]);
  const rig = await opened({ temperature, humidity: new Map([[NOW - 20 * SECOND, 40]]) } as never);
  await rig.publish();
  for (const count of [20, 10]) {
    const { points, meta } = await eventually(
      () => latestOf(rig, `?window=1h&samples=${count}`),
      () => true,
    );
    expect(meta.stale).toBe(false);
    expect(points).toMatchObject([{ count: 1, dimensions: { humidity: { avg: 40, min: 40, max: 40, count: 1 } } }]);
  }
});

test('newer samples make an answer stale, with since when and why, until the next build', async () => {
  const rig = await opened();
  await rig.publish();
  const before = await publishedOf(rig, '?window=1h');
  rig.clock.advance(SECOND);
  await push(rig.device, { temperature: new Map([[NOW + 1, 50]]) });
  const stale = await latestOf(rig, '?window=1h');
  expect(stale.meta).toMatchObject({
    versionId: before.meta.versionId,
    stale: true,
    staleSince: NOW + SECOND,
    reason: 'newer samples wait for the next build',
  });
  rig.clock.advance(10 * SECOND);
  const after = await publishedOf(rig, '?window=1h');
  expect(after.points.at(-1)?.max).toBeGreaterThanOrEqual(50);
});

test('fresh builds what landed in and answers with it; without anything newer it answers at once', async () => {
  const rig = await opened();
  await rig.publish();
  const before = await publishedOf(rig, '?window=1h');
  const builds = await rig.builds();
  expect((await latestOf(rig, '?window=1h&fresh=true')).meta.versionId).toBe(before.meta.versionId);
  expect(await rig.builds()).toBe(builds);
  await push(rig.device, { temperature: new Map([[NOW - 1, 5_000]]) });
  const fresh = await latestOf(rig, '?window=1h&fresh=true');
  expect(fresh.meta).toMatchObject({ stale: false, source: 'published' });
  expect(fresh.points.at(-1)?.max).toBe(5_000);
});

test('a build that takes longer than three seconds is handed back to be watched; the last good stays served', async () => {
  const rig = await opened();
  const stop = await rig.publish();
  const before = await publishedOf(rig, '?window=1h');
  await stop();
  await push(rig.device, { temperature: new Map([[NOW - 1, 5_000]]) });
  const asked = rig.app.inject('/api/samples/latest?window=1h&fresh=true').then((response) => response);
  await eventually(
    async () => {
      rig.clock.advance(SECOND);
      return Promise.race([asked, Promise.resolve(undefined)]);
    },
    (response) => response !== undefined,
  );
  const waiting = await asked;
  expect(waiting.statusCode).toBe(202);
  const { links, state, requestId } = waiting.json<{ links: { self: string }; state: string; requestId: string }>();
  expect(waiting.headers).toMatchObject({ location: links.self, 'retry-after': '1' });
  expect([state, links.self]).toEqual(['queued', `/api/samples/refresh/${requestId}`]);
  expect((await latestOf(rig, '?window=1h')).meta).toMatchObject({ versionId: before.meta.versionId, stale: true });
});

test('a failing build leaves the last good version, which says so, and maxStale turns to the ladder', async () => {
  const rig = await opened();
  const stop = await rig.publish();
  await publishedOf(rig, '?window=1h');
  await stop();
  await rig.engine.write(({ database }) =>
    database
      .updateTable('publication')
      .set({ failures: 3, failing_since: NOW - HOUR, reason: 'no room left on the disk' })
      .execute(),
  );
  await push(rig.device, { temperature: new Map([[NOW - 1, 5_000]]) });
  const { meta } = await latestOf(rig, '?window=1h');
  expect(meta).toMatchObject({ stale: true, reason: 'the last 3 builds failed: no room left on the disk' });
  rig.clock.advance(MINUTE);
  expect((await latestOf(rig, '?window=1h&maxStale=10m')).meta.source).toBe('published');
  const exact = await latestOf(rig, '?window=1h&maxStale=10s');
  expect(exact.meta).toMatchObject({ source: 'ladder', stale: false });
  expect(exact.points.some(({ max }) => max === 5_000)).toBe(true);
});

test('a version is read again by its id for as long as it is kept, and then told to be gone', async () => {
  const rig = await opened();
  await rig.publish();
  const first = await publishedOf(rig, '?window=1h');
  rig.clock.advance(10 * SECOND);
  await push(rig.device, { temperature: new Map([[NOW + 5 * SECOND, 50]]) });
  rig.clock.advance(10 * SECOND);
  await eventually(
    () => latestOf(rig, '?window=1h'),
    ({ meta }) => meta.versionId !== first.meta.versionId && !meta.stale,
  );
  const url = `/api/samples/latest?window=1h&samples=20&versionId=${first.meta.versionId}`;
  const pinned = (await rig.app.inject(url)).json<LatestBody>();
  expect(pinned.points).toEqual(first.points);
  expect(pinned.meta).toMatchObject({ versionId: first.meta.versionId, checksum: first.meta.checksum, stale: true });
  const place = { series: rig.temperature, window: '1h', granularity: 20 } as const;
  await rig.blobs.remove(versionKey(place, String(first.meta.versionId)));
  const unknown = await rig.app.inject(url);
  expect([unknown.statusCode, unknown.json<ProblemBody>().detail]).toEqual([
    404,
    expect.stringContaining('are kept for 1h'),
  ]);
  rig.clock.advance(2 * HOUR);
  expect((await rig.app.inject(url)).statusCode).toBe(410);
});

test.each<[string, string, string, RegExp]>([
  ['a window that is none', '?window=7x', 'window', /must be one of 1h, 10h, 1d, 10d, 3m, 12m, or a duration/],
  ['a window beyond all time', '?window=900y', 'window', /at most 50 years/],
  ['two lengths', '?window=1h&minutes=5', 'minutes', /together with window/],
  ['two units', '?hours=1&minutes=5', 'hours', /together with minutes/],
  ['no minutes', '?minutes=0', 'minutes', /from 1 to/],
  ['months without end', '?months=601', 'months', /from 1 to 600/],
  ['too many segments', '?samples=5001', 'samples', /from 1 to 5000/],
  ['no segments', '?samples=0', 'samples', /from 1 to 5000/],
  ['a fresh that is neither', '?fresh=yes', 'fresh', /must be one of true, false/],
  ['a fresh version', '?fresh=true&versionId=0mwum8k2x-00000000', 'fresh', /leave out versionId/],
  ['a version that is none', '?versionId=..%2f..%2fsecret', 'versionId', /unchanged/],
  ['a version of another length', '?minutes=7&versionId=0mwum8k2x-00000000', 'window', /together with versionId/],
  ['a version in another count', '?samples=21&versionId=0mwum8k2x-00000000', 'samples', /must be one of 20, 100/],
  ['a bad maxStale', '?maxStale=soon', 'maxStale', /must be a duration/],
  ['two names', '?series=x&metric=temperature', 'series', /leave out metric and device/],
  ['an unknown parameter', '?windw=1h', 'windw', /did you mean window\?/],
])('%s', async (_name, query, field, problem) => {
  const { app } = await opened();
  const response = await app.inject(`/api/samples/latest${query}`);
  expect(response.statusCode).toBe(400);
  expect(response.json<ProblemBody>().errors).toContainEqual({ field, problem: expect.stringMatching(problem) });
});

test('nothing that fits is a 404 that names it, several are listed', async () => {
  const empty = await openSamplesApp(engine());
  const problem = async (query: string, { app } = empty) => {
    const response = await app.inject(`/api/samples/latest${query}`);
    return [response.statusCode, response.json<ProblemBody>().detail];
  };
  expect(await problem('')).toEqual([404, 'nothing was pushed yet: send samples to /api/samples']);
  expect(await problem('?series=nobody')).toEqual([404, 'there is no series with the id "nobody"']);
  expect(await problem('?metric=a&device=b')).toEqual([404, 'there is no series of the metric "a" and the device "b"']);
  const rig = await openSamplesApp(engine());
  const alone = (metric: string) => metric;
  await push(rig.device, { temperature: samples, pressure: samples }, alone);
  expect(await problem('', rig)).toEqual([
    400,
    expect.stringMatching(/there are \w+ \(pressure .*\), \w+ \(temperature/),
  ]);
});

test('files that are spoilt or half swapped are never served', async () => {
  const rig = await opened();
  await rig.publish();
  const place = { series: rig.temperature, window: '1d', granularity: 100 } as const;
  await publishedOf(rig, '?window=1d&samples=20');
  const text = gunzipSync(await rig.blobs.read(bodyKey(place), { maximumBytes: 1e6 })).toString();
  expect(artifactSchema.strict().parse(JSON.parse(text))).toBeTruthy();
  const meta = Buffer.from(await rig.blobs.read(metaKey(place), { maximumBytes: 1e6 })).toString();
  expect(artifactMetaSchema.strict().parse(JSON.parse(meta))).toBeTruthy();
  await rig.blobs.write(bodyKey(place), gzipSync(text.slice(0, 200)));
  expect((await latestOf(rig, '?window=1d&samples=100')).points).toEqual(JSON.parse(text).points);
  const other = { ...place, granularity: 250 } as const;
  await rig.blobs.write(metaKey(other), Buffer.from('{}'));
  expect((await latestOf(rig, '?window=1d&samples=250')).meta).toMatchObject({
    stale: false,
    count: expect.any(Number),
  });
});

test('a store that is deleted under the server leaves the last good version, marked, then the last resort of the device', async () => {
  const file = temporaryFile();
  const own = await openStore(file.location);
  const rig = await openSamplesApp(own);
  await push(rig.device, { temperature: samples });
  const stop = await rig.publish();
  const before = await publishedOf(rig, '?window=1h');
  await publishedOf(rig, '?window=10h');
  await stop();
  renameSync(file.location.file, `${file.location.file}.away`);
  rig.clock.advance(3 * SECOND);
  const lost = await eventually(
    () => latestOf(rig, '?window=1h'),
    ({ meta }) => meta.stale,
  );
  expect(lost.points).toEqual(before.points);
  expect(lost.meta).toMatchObject({
    source: 'published',
    reason: 'the store cannot be reached; this is the last good version',
  });
  expect(lost.meta.staleSince).toBeGreaterThanOrEqual(NOW);
  rig.clock.advance(MINUTE);
  const tooOld = await rig.app.inject('/api/samples/latest?window=1h&maxStale=30s');
  expect([tooOld.statusCode, tooOld.headers['retry-after']]).toEqual([503, '5']);
  expect(tooOld.json<ProblemBody>().detail).toMatch(/has been stale for 1m/);
  // Nothing was ever published of it: what the device uploaded by itself is all there is.
  const humidity = idOf(rig.device, 'humidity');
  const text = gunzipSync(
    await rig.blobs.read(bodyKey({ series: rig.temperature, window: '1h', granularity: 20 }), { maximumBytes: 1e6 }),
  );
  await rig.blobs.write(`fallback/${humidity}/latest_1h_20.json`, gzipSync(text));
  const index = {
    series: [
      {
        id: humidity,
        metric: 'humidity',
        labels: {},
        source: 'attic',
        isPrimary: true,
        windows: ['1h'],
        granularities: [20],
      },
    ],
  };
  await rig.blobs.write(`windows/index.${rig.org.id}.json`, Buffer.from(JSON.stringify(index)));
  // What another org published lies beside it, and is nobody else's.
  const foreign = seriesId('another', 'temperature', { device: 'attic' });
  await rig.blobs.write(bodyKey({ series: foreign, window: '1h', granularity: 20 }), gzipSync(text));
  const others = { series: [{ ...index.series[0], id: foreign, metric: 'temperature' }] };
  await rig.blobs.write('windows/index.another.json', Buffer.from(JSON.stringify(others)));
  rig.clock.advance(MINUTE);
  expect((await rig.app.inject(`/api/samples/latest?series=${foreign}`)).statusCode).toBe(503);
  const fallback = await latestOf(rig, '?window=1h&metric=humidity');
  expect(fallback.meta).toMatchObject({ source: 'fallback', stale: true });
  renameSync(`${file.location.file}.away`, file.location.file);
  rig.clock.advance(10 * SECOND);
  // Nothing builds here any more, which is told now that the store can be asked.
  const back = await eventually(
    () => latestOf(rig, `?series=${rig.temperature}`),
    ({ meta }) => !meta.reason?.includes('cannot be reached'),
  );
  expect(back.meta).toMatchObject({ source: 'published', staleSince: before.meta.expiresAt });
  await rig.app.close();
  await own[Symbol.asyncDispose]();
  await file.remove();
});

test('windows are listed with how their builds go, failing ones first', async () => {
  const rig = await opened();
  await rig.publish();
  for (const window of WINDOW_NAMES) await publishedOf(rig, `?window=${window}`);
  await rig.engine.write(({ database }) =>
    database
      .updateTable('publication')
      .set({ failures: 1, failing_since: NOW, reason: 'no room' })
      .where('window', '=', '3m')
      .execute(),
  );
  const list = (await rig.app.inject('/api/windows')).json<PublicationListBody>();
  const mine = list.publications.filter(({ series }) => series.id === rig.temperature);
  expect(mine.map(({ window }) => window).sort()).toEqual([...WINDOW_NAMES].sort());
  expect(mine[0]).toMatchObject({
    window: '3m',
    failures: 1,
    reason: 'no room',
    behind: false,
    granularities: [20, 100, 250, 500],
  });
  expect(mine.at(-1)?.buildDuration).toEqual(expect.any(Number));
  expect(list).toMatchObject({ total: mine.length, failing: 1 });
  expect(list.publications.every(({ generatedAt }) => (generatedAt ?? 0) <= NOW + DAY)).toBe(true);
});
