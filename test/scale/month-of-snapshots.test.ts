import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BlobLocation } from '../../src/blobs/location.ts';
import { openBlobs } from '../../src/blobs/open.ts';
import { DAY, floorTo, HOUR, MINUTE } from '../../src/domain/time.ts';
import { findZone, type Zone } from '../../src/domain/zone.ts';
import { History } from '../../src/history/history.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { KeyTemplate } from '../../src/sources/archive/key-template.ts';
import { openArchive } from '../../src/sources/archive/open.ts';
import { SAMPLE_KEY, SAMPLE_SEED, SAMPLE_STREAMS, writeSampleArchive } from '../../src/sources/sample/archive.ts';
import { ensureOrg, seriesId } from '../../src/store/catalog.ts';
import { bucketLocation } from '../blobs/bucket.ts';
import { bruteForceBuckets, calendarEdges } from '../history/brute-force.ts';
import { onEachEngine } from '../support/engines.ts';
import { createBucket } from '../support/s3.ts';
import { type S3Faults, startS3Faults } from '../support/s3-faults.ts';

/** 30 days × 1,440 objects of 200 streams, in a folder and on a real S3 server, on both engines: some minutes, so it has a command of its own. */
const DAYS = 30;
const LONG = { timeout: 30 * 60_000 };
const END = floorTo(systemClock.now(), MINUTE);
const START = END - DAYS * DAY;
const FOLLOWED = 6;

const folder = mkdtempSync(join(tmpdir(), 'varve-month-'));
/** Samples of the platform's totals by metric, counted from the objects. */
const samples = { 'platform.viewers': new Map<number, number>(), 'platform.streams': new Map<number, number>() };
/** Samples of each stream. */
const streamSamples = new Map<string, Map<number, number>>();
const locations = new Map<string, BlobLocation>([['folder', { kind: 'folder', path: folder }]]);
let faults: S3Faults;
let written = 0;

beforeAll(async () => {
  const local = await openBlobs({ kind: 'folder', path: folder });
  const key = new KeyTemplate(SAMPLE_KEY);
  const request = {
    seed: SAMPLE_SEED,
    streams: SAMPLE_STREAMS,
    key,
    range: { from: START, to: END },
    gzip: true,
    writeLate: true,
  };
  written = (await writeSampleArchive(local, request)).objects;

  const bucket = await createBucket();
  faults = await startS3Faults(bucket.endpoint);
  locations.set('s3', bucketLocation({ ...bucket, endpoint: faults.endpoint }, 'archive'));
  const remote = await openBlobs(bucketLocation(bucket, 'archive'));
  for await (const page of local.list({ prefix: '' })) {
    for (let start = 0; start < page.length; start += 32) {
      await Promise.all(
        page.slice(start, start + 32).map(async (object) => {
          const body = await local.read(object.key, { maximumBytes: 10_000_000 });
          await remote.write(object.key, body);
          count(key.parse(object.key) as number, body);
        }),
      );
    }
  }
  remote.close();
}, LONG.timeout);

afterAll(async () => {
  await faults.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Adds an object to what is expected: the total, the number of streams, and each stream. */
function count(at: number, body: Uint8Array): void {
  let streams: { mint: string; num_participants: number }[];
  try {
    streams = (JSON.parse(gunzipSync(body).toString()) as { streams: typeof streams }).streams;
  } catch {
    return;
  }
  samples['platform.viewers'].set(
    at,
    streams.reduce((total, { num_participants }) => total + num_participants, 0),
  );
  samples['platform.streams'].set(at, streams.length);
  for (const { mint, num_participants } of streams) {
    const known = streamSamples.get(mint) ?? new Map<number, number>();
    streamSamples.set(mint, known.set(at, num_participants));
  }
}

const ZONES = ['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY];

onEachEngine((store, engineName) => {
  test.each(['folder', 's3'])(
    `a month from %s on ${engineName} answers as its objects do, each read once`,
    LONG,
    async (kind) => {
      const { reopen } = store();
      const engine = await reopen();
      const org = await engine.write(({ database }) => ensureOrg(database, kind, kind, START));
      const settings = {
        name: 'platform',
        location: locations.get(kind) as BlobLocation,
        key: SAMPLE_KEY,
        interval: MINUTE,
        grace: 2 * HOUR,
      };
      await using opened = await openArchive(
        engine,
        org,
        { ...settings, extract: 'platform-snapshot', tailEvery: 5 * MINUTE, recheck: 7 * DAY, concurrency: 16 },
        null,
        systemClock,
      );
      faults.clear();
      expect(await opened.archive.backfill()).toMatchObject({ listed: written, read: written - 1, failed: 1 });
      expect(faults.count({ operation: 'GetObject' })).toBe(kind === 's3' ? written : 0);

      faults.clear();
      const history = new History(engine, systemClock);
      const longest = [...streamSamples].sort(([, a], [, b]) => b.size - a.size).slice(0, FOLLOWED);
      const followed = [
        ...Object.entries(samples).map(([metric, expected]) => ({ id: seriesId(org.id, metric, {}), expected })),
        ...longest.map(([stream, expected]) => ({
          id: seriesId(org.id, 'platform.stream.viewers', { stream }),
          expected,
        })),
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...followed),
          fc.integer({ min: -600, max: DAYS * 24 * 60 }),
          fc.integer({ min: 1, max: 10 * 24 * 60 }),
          fc.constantFrom(...STEPS),
          fc.constantFrom(...ZONES),
          async ({ id, expected }, offset, length, step, zoneName) => {
            const range = {
              from: START + offset * MINUTE,
              to: START + (offset + Math.min(length, (5_000 * step) / MINUTE)) * MINUTE,
            };
            const knowledge = (await history.find(org.number, id)) ?? expect.fail(`no series ${id}`);
            const answer = await history.answer(knowledge, { ...range, step, zone: findZone(zoneName) as Zone });
            const buckets = answer.buckets.map(({ from, to, count: n, sum, min, max, first, last }) => ({
              from,
              to,
              count: n,
              sum,
              min,
              max,
              first,
              last,
            }));
            expect(buckets).toEqual(bruteForceBuckets(expected, calendarEdges(range.from, range.to, step, zoneName)));
          },
        ),
        { numRuns: 200 },
      );
      expect(faults.requests).toEqual([]);

      expect(await opened.archive.backfill()).toMatchObject({ read: 0 });
      expect(faults.count({ operation: 'GetObject' })).toBe(0);
    },
  );
});
