import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { S3Location } from '../../src/blobs/location.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { type OpenArchive, openArchive } from '../../src/sources/archive/open.ts';
import { ensureOrg, seriesId } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { openStore } from '../../src/store/open.ts';
import { bucketLocation, openBucket } from '../blobs/bucket.ts';
import { temporaryFile } from '../support/engines.ts';
import { createBucket, type TestBucket } from '../support/s3.ts';
import { type S3Faults, startS3Faults } from '../support/s3-faults.ts';
import { HOUR, KEY, keyOf } from './archive-rig.ts';
import type { ChildInput } from './backfill.child.ts';

const MINUTES = 700;
/** Every hour of it is final by now, and hardly a day has to be looked at. */
const START = Math.floor(Date.now() / HOUR) * HOUR - 15 * HOUR;
const HOLES = [17, 18, 240];
const CORRUPT = 41;
const OBJECTS = MINUTES - HOLES.length;
/** One batch being landed and two read ahead, of at most 120 objects each. */
const IN_FLIGHT = 3 * 120;

const settings = {
  name: 'platform',
  key: KEY,
  interval: MINUTE,
  grace: 120 * MINUTE,
  tailEvery: 5 * MINUTE,
  recheck: 7 * 24 * 60 * MINUTE,
  concurrency: 16,
};

let bucket: TestBucket;
let faults: S3Faults;
let location: S3Location;
const viewersAt = (index: number) => (index * 7919) % 1000;

beforeAll(async () => {
  bucket = await createBucket();
  faults = await startS3Faults(bucket.endpoint);
  location = bucketLocation({ ...bucket, endpoint: faults.endpoint }, 'platform');
  const blobs = await openBucket(bucket, 'platform');
  const indexes = Array.from({ length: MINUTES }, (_, index) => index).filter((index) => !HOLES.includes(index));
  await Promise.all(
    indexes.map((index) => {
      const whole = JSON.stringify([{ mint: 'A', num_participants: viewersAt(index) }]);
      const body = Buffer.from(index === CORRUPT ? whole.slice(0, 20) : whole);
      return blobs.write(keyOf(START + index * MINUTE), body);
    }),
  );
  blobs.close();
});
afterAll(() => faults.stop());

async function withStore(work: (engine: Engine, store: { file: string }) => Promise<void>): Promise<void> {
  const { location: store, remove } = temporaryFile();
  const engine = await openStore(store);
  faults.clear();
  try {
    await work(engine, store);
  } finally {
    await engine[Symbol.asyncDispose]();
    await remove();
  }
}

async function open(engine: Engine): Promise<OpenArchive> {
  const org = await engine.write(({ database }) => ensureOrg(database, 'default', 'default', 0));
  return openArchive(engine, org, { ...settings, location, extract: 'platform-snapshot' }, null, systemClock);
}

function startChild(store: { file: string }): ChildProcess {
  const input: ChildInput = { store, location, settings };
  const file = fileURLToPath(new URL('./backfill.child.ts', import.meta.url));
  return spawn(process.execPath, [file, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Every sample that the objects hold, and nothing else. */
async function expectWhole(engine: Engine): Promise<void> {
  const expected: [number, number][] = [];
  for (let index = 0; index < MINUTES; index++) {
    if (HOLES.includes(index) || index === CORRUPT) continue;
    expected.push([START + index * MINUTE, viewersAt(index)]);
  }
  for (const [metric, labels] of [
    ['platform.viewers', {}],
    ['platform.stream.viewers', { stream: 'A' }],
  ] as const) {
    const row = await engine.reader
      .selectFrom('series')
      .select(['number', 'version'])
      .where('id', '=', seriesId('default', metric, labels))
      .executeTakeFirstOrThrow();
    const { times, values } = await engine.readPoints(row.number, 0, 4e12);
    expect(Array.from(times, (at, index) => [at, values[index]])).toEqual(expected);
    expect(row.version).toBe(1);
  }
}

const gets = () => faults.requests.filter(({ operation }) => operation === 'GetObject');
const reads = () => gets().filter(({ status }) => status === 200);

test('over S3 each object is fetched once; a second backfill and the tail fetch none', () =>
  withStore(async (engine) => {
    await using opened = await open(engine);
    const report = await opened.archive.backfill();
    expect(report).toEqual({
      listed: OBJECTS,
      read: OBJECTS - 1,
      failed: 1,
      rejectedRows: 0,
      samples: (OBJECTS - 1) * 3,
    });
    expect(gets()).toHaveLength(OBJECTS);
    await expectWhole(engine);
    faults.clear();
    expect(await opened.archive.backfill()).toMatchObject({ listed: OBJECTS, read: 0 });
    await opened.archive.tail();
    expect(gets()).toEqual([]);
  }));

test('throttling, cuts and bodies that come short are waited out without a loss', () =>
  withStore(async (engine) => {
    faults.inject({ kind: 'slow-down' }, { operation: 'GetObject', times: 20 });
    faults.inject({ kind: 'cut', afterBytes: 10 }, { operation: 'GetObject', times: 10 });
    faults.inject({ kind: 'truncate', toBytes: 10 }, { operation: 'GetObject', times: 2 });
    faults.inject({ kind: 'slow-down' }, { operation: 'ListObjectsV2', times: 2 });
    await using opened = await open(engine);
    expect(await opened.archive.backfill()).toMatchObject({ read: OBJECTS - 1, failed: 1 });
    await expectWhole(engine);
  }));

test('an object that went after it was listed fails alone', () =>
  withStore(async (engine) => {
    faults.inject({ kind: 'not-found' }, { operation: 'GetObject', key: new RegExp(`${keyOf(START + 5 * MINUTE)}$`) });
    await using opened = await open(engine);
    expect(await opened.archive.backfill()).toMatchObject({ read: OBJECTS - 2, failed: 2 });
    const failed = engine.reader.selectFrom('archive_object').select(['key', 'detail']).where('state', '=', 'failed');
    expect(await failed.orderBy('key').execute()).toEqual([
      { key: keyOf(START + 5 * MINUTE), detail: 'it was listed, but is gone' },
      { key: keyOf(START + CORRUPT * MINUTE), detail: expect.stringContaining('not JSON') },
    ]);
  }));

/** Other processes start slowly where many tests run. */
const PROCESSES = { timeout: 120_000 };

test('killed at any moment and run again: what was in flight is fetched again, and nothing else', PROCESSES, () =>
  withStore(async (engine, store) => {
    const child = startChild(store);
    const ended = once(child, 'exit');
    const enough = setInterval(() => gets().length > IN_FLIGHT + 20 && child.kill('SIGKILL'), 1);
    expect(await ended).toEqual([null, 'SIGKILL']);
    clearInterval(enough);
    const before = reads().length;
    expect(before).toBeLessThan(OBJECTS);
    await using opened = await open(engine);
    const { read, failed } = await opened.archive.backfill();
    expect(read + failed).toBeLessThan(OBJECTS);
    expect(reads().length).toBeLessThanOrEqual(OBJECTS + IN_FLIGHT);
    await expectWhole(engine);
    faults.clear();
    await opened.archive.backfill();
    expect(gets()).toEqual([]);
  }),
);

test('two processes at once bring the same history as one', PROCESSES, () =>
  withStore(async (engine, store) => {
    const children = [startChild(store), startChild(store)];
    const reports = await Promise.all(children.map((child) => text(child.stdout as NonNullable<typeof child.stdout>)));
    expect(reports.map((report) => JSON.parse(report).listed)).toEqual([OBJECTS, OBJECTS]);
    await expectWhole(engine);
    const objects = engine.reader.selectFrom('archive_object').select(({ fn }) => fn.countAll<number>().as('count'));
    expect(await objects.executeTakeFirst()).toEqual({ count: OBJECTS });
  }),
);
