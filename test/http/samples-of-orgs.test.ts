import { afterEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { History } from '../../src/history/history.ts';
import type {
  DeviceListBody,
  LatestBody,
  PublicationListBody,
  PushReport,
  RefreshStateBody,
} from '../../src/http/samples-contract.ts';
import { JobRunner } from '../../src/jobs/runner.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { DeviceClosing } from '../../src/sources/push/closing.ts';
import { type Org, seriesId } from '../../src/store/catalog.ts';
import { REFRESH_KIND, refreshHandler } from '../../src/windows/refresh-job.ts';
import { ServedWindows } from '../../src/windows/served-windows.ts';
import { readIndex } from '../../src/windows/windows-index.ts';
import { IngestSupervisor } from '../../src/work/ingest-supervisor.ts';
import { onEachEngine, type TestStore } from '../support/engines.ts';
import { openPublisher, temporaryBlobs } from '../windows/windows-rig.ts';
import { bearer, openAccountsApp } from './accounts/rig.ts';
import { ask, listen, Stream } from './listening.ts';
import { send } from './push-rig.ts';
import { eventually } from './samples-app.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Series that each org may have. */
const MOST = 2;

/** A listening app with a real ingest thread, and what publishes and refreshes for all orgs. */
async function opened({ engine, location }: TestStore) {
  const clock = systemClock;
  const ingest = new IngestSupervisor({ store: location, mostSeries: MOST }, (message) => expect.fail(message));
  cleanUps.push(() => ingest[Symbol.asyncDispose]());
  const files = temporaryBlobs();
  cleanUps.push(files.remove);
  const { blobs } = files;
  const served = new ServedWindows({ engine, clock, blobs, isPublisherUp: () => true, onError: () => {} });
  cleanUps.push(() => served[Symbol.dispose]());
  const publisher = openPublisher({ engine, clock }, blobs);
  cleanUps.push(() => publisher[Symbol.asyncDispose]());
  const made = await openAccountsApp(
    engine,
    {},
    {
      clock,
      ingest,
      history: new History(engine, clock),
      windows: { served, settings: { location: { kind: 'folder', path: files.path }, keepVersions: HOUR, rules: [] } },
    },
  );
  const handlers = { [REFRESH_KIND]: refreshHandler(publisher) };
  const owner = `runner of ${made.org.id}`;
  const runner = new JobRunner({ engine, clock, owner, org: made.org, handlers, onError: () => {} });
  cleanUps.push(() => runner[Symbol.asyncDispose]());
  await ingest.ready();
  await publisher.start();
  runner.start();
  const port = await listen(made.app);

  /** What programs of an org do. */
  const programsOf = async (org: Org) => {
    const [pushing, reading] = [await made.tokenOf(org, 'ingest'), bearer(await made.tokenOf(org, 'read'))];
    const get = async <Body>(path: string): Promise<Body> => {
      const { status, body } = await ask(port, path, reading);
      expect(status, `${path}: ${body}`).toBe(200);
      return JSON.parse(body.toString()) as Body;
    };
    return {
      org,
      pushing,
      reading,
      temperature: seriesId(org.id, 'room.temperature', { device: 'attic' }),
      get,
      status: async (path: string) => (await ask(port, path, reading)).status,
      push: (lines: string) =>
        send(port, '/api/samples?precision=ms&device=attic', lines, {
          'content-type': 'text/plain',
          ...bearer(pushing),
        }),
      refresh: (body: object) =>
        send(port, '/api/samples/refresh', JSON.stringify(body), { 'content-type': 'application/json', ...reading }),
    };
  };
  return { ...made, engine, blobs, port, publisher, programsOf };
}

onEachEngine((store) => {
  test('two orgs that push under the same names see each its own, by every route', async () => {
    const rig = await opened(store());
    const [a, b] = [await rig.programsOf(rig.org), await rig.programsOf(await rig.otherOrg())];
    const at = Date.now() - 10 * MINUTE;
    const line = (value: number, index: number) =>
      `room temperature=${value + index / 100},humidity=${value + 30} ${at + index * 1_000}`;
    const pushed = await Promise.all(
      Array.from({ length: 20 }, (_, index) => [a.push(line(20, index)), b.push(line(50, index + 100))]).flat(),
    );
    expect(pushed.map(({ status, body }) => [status, body.accepted])).toEqual(pushed.map(() => [200, 1]));
    const both = [
      [a, b, 20],
      [b, a, 50],
    ] as const;

    // Each has its own room for series, and neither takes the other's.
    for (const [mine] of both) {
      const { status, body } = await mine.push(`room temperature=1,pressure=2 ${at}`);
      const { accepted, rejected } = body as PushReport;
      expect([status, accepted, rejected]).toEqual([
        200,
        1,
        [{ line: 1, reason: `the limit of ${MOST} series is reached` }],
      ]);
      await mine.push(line(mine === a ? 20 : 50, mine === a ? 0 : 100).replace(/ \d+$/, ` ${at}`));
    }

    for (const [mine, theirs, least] of both) {
      const { devices } = await mine.get<DeviceListBody>('/api/devices');
      expect(devices.map(({ name, series }) => [name, series])).toEqual([['attic', 2]]);
      expect(devices[0]?.lastSampleAt).toBe(at + (mine === a ? 19 : 119) * 1_000);

      // Without a name, by name and by id, also past the framework, and never the other's.
      const named = '/api/samples/latest?metric=room.temperature&device=attic&window=1h&samples=20';
      const byId = (id: string) => `/api/samples/latest?series=${id}&window=1h&samples=20`;
      for (const path of ['/api/samples/latest?window=1h', named, byId(mine.temperature)]) {
        const published = await eventually(
          () => mine.get<LatestBody>(path),
          ({ meta }) => meta.source === 'published' && !meta.stale,
        );
        for (const body of [published, await mine.get<LatestBody>(path)]) {
          expect(body.series.id).toBe(mine.temperature);
          expect(body.points.every(({ min, max }) => min >= least && max < least + 2)).toBe(true);
          expect(body.points.reduce((total, { count }) => total + count, 0)).toBe(mine === a ? 20 : 21);
        }
      }
      for (const query of ['', '&fresh=true', '&samples=7', '&maxStale=0'])
        expect(await mine.status(`/api/samples/latest?series=${theirs.temperature}&window=1h${query}`)).toBe(404);
      const { meta } = await eventually(
        () => theirs.get<LatestBody>(byId(theirs.temperature)),
        (body) => body.meta.source === 'published' && !body.meta.stale,
      );
      expect(await mine.status(`${named}&versionId=${meta.versionId}`)).toBe(404);
      expect(await theirs.status(`${named}&versionId=${meta.versionId}`)).toBe(200);

      const { publications, total } = await mine.get<PublicationListBody>('/api/windows');
      expect(total).toBe(publications.length);
      // The humidity is its dimension, and publishes nothing by itself.
      const own = [mine.temperature];
      expect([...new Set(publications.map(({ series }) => series.id))]).toEqual(own);

      // The files of both lie beside each other, and each list names its own.
      const listed = async () => (await readIndex(rig.blobs, mine.org.id)).map(({ id }) => id);
      await expect.poll(listed, { timeout: 60_000 }).toEqual(own);
      const file = `windows/${mine.temperature}/latest_1h_20.json`;
      expect((await rig.blobs.read(file, { maximumBytes: 1e6 })).byteLength).toBeGreaterThan(100);
    }
    // One address, asked in turns.
    for (let turn = 0; turn < 3; turn++)
      for (const [mine] of both)
        expect((await mine.get<LatestBody>('/api/samples/latest?window=1h')).series.id).toBe(mine.temperature);
  }, 180_000);

  test('a refresh is watched by its org alone, and the live feed tells each its own', async () => {
    const rig = await opened(store());
    const [a, b] = [await rig.programsOf(rig.org), await rig.programsOf(await rig.otherOrg())];
    await Promise.all([a, b].map((one) => one.push(`room temperature=20,humidity=40 ${Date.now() - MINUTE}`)));
    const asked = await Promise.all([a, b].map((one) => one.refresh({ window: '1h' })));
    const states = asked.map(({ status, body }) => {
      expect(status).toBe(202);
      return body as unknown as RefreshStateBody;
    });
    expect(states.map(({ series }) => series)).toEqual([a.temperature, b.temperature]);
    expect(states[0]?.requestId).not.toBe(states[1]?.requestId);
    for (const [index, mine, theirs] of [
      [0, a, b],
      [1, b, a],
    ] as const) {
      expect((await mine.refresh({ series: theirs.temperature, window: '1h' })).status).toBe(404);
      const own = `/api/samples/refresh/${states[index]?.requestId}`;
      const foreign = `/api/samples/refresh/${states[1 - index]?.requestId}`;
      const events = { ...mine.reading, accept: 'text/event-stream' };
      expect([(await ask(rig.port, foreign, events)).status, await mine.status(foreign)]).toEqual([404, 404]);
      const stream = await Stream.open(rig.port, own, events);
      await expect.poll(() => stream.ended, { timeout: 60_000 }).toBe(true);
      expect(stream.messages.at(-1)).toMatchObject({ event: 'committed', data: { series: mine.temperature } });
      const feed = await Stream.open(rig.port, '/api/feed?after=0', mine.reading);
      cleanUps.push(() => feed.close());
      await expect.poll(() => feed.text.includes(`"series":"${mine.temperature}"`), { timeout: 60_000 }).toBe(true);
      expect(feed.text).not.toContain(theirs.temperature);
      expect(feed.text).not.toContain(states[1 - index]?.requestId);
    }
    const signal = new AbortController().signal;
    const foreign = rig.publisher.refresh(a.org.number, b.temperature, ['1h'], Date.now(), signal, () => {});
    await expect(foreign).rejects.toThrow('does not publish');
  }, 180_000);

  test('the ways of InfluxDB lead to the org of the token', async () => {
    const rig = await opened(store());
    const [a, b] = [await rig.programsOf(rig.org), await rig.programsOf(await rig.otherOrg())];
    const line = `soil,host=bed moisture=1 ${Date.now() - MINUTE}`;
    const type = { 'content-type': 'text/plain' };
    const basic = Buffer.from(`any:${a.pushing}`).toString('base64');
    const answers = await Promise.all([
      send(rig.port, `/write?db=x&precision=ms&u=any&p=${b.pushing}`, line, type),
      send(rig.port, '/write?db=x&precision=ms', line, { ...type, authorization: `Basic ${basic}` }),
      send(rig.port, `/api/v2/write?org=${a.org.id}&bucket=x&precision=ms`, line.replace('bed', 'b'), {
        ...type,
        authorization: `Token ${b.pushing}`,
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    const devices = async (of: typeof a) =>
      (await of.get<DeviceListBody>('/api/devices')).devices.map(({ name }) => name).sort();
    expect([await devices(a), await devices(b)]).toEqual([['bed'], ['b', 'bed']]);
  }, 180_000);

  test('the hours of the devices of all orgs are closed', async () => {
    const rig = await opened(store());
    const programs = [await rig.programsOf(rig.org), await rig.programsOf(await rig.otherOrg())];
    const start = Math.floor((Date.now() - DAY) / HOUR) * HOUR;
    for (const { push } of programs) {
      const lines = Array.from({ length: 130 }, (_, index) => `room temperature=1 ${start + index * MINUTE}`);
      expect((await push(lines.join('\n'))).status).toBe(200);
    }
    await new DeviceClosing(rig.engine, 10 * MINUTE, systemClock).closeHours();
    for (const { org } of programs) {
      const closed = await rig.engine.reader
        .selectFrom('closed')
        .innerJoin('source', 'source.number', 'closed.source')
        .select(['closed.from_at as from', 'closed.to_at as to'])
        .where('source.org', '=', org.number)
        .execute();
      expect(closed).toEqual([{ from: start, to: start + 2 * HOUR }]);
    }
  }, 180_000);
});
