import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { BlobError } from '../../src/blobs/blob-error.ts';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { GRANULARITIES, type Granularity } from '../../src/domain/windows.ts';
import { type BuiltWindow, checksumOf } from '../../src/windows/build.ts';
import { bodyKey, metaKey, stagedAt, versionKey } from '../../src/windows/keys.ts';
import { publish } from '../../src/windows/publish.ts';
import { readFallback, readPublished, readVersion } from '../../src/windows/read-published.ts';
import { sweep } from '../../src/windows/sweep.ts';
import { openBucket } from '../blobs/bucket.ts';
import { keysOf } from '../blobs/pages.ts';
import { createBucket, s3Client } from '../support/s3.ts';
import { builtWindow } from './built-window.ts';
import { temporaryBlobs } from './windows-rig.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const KINDS: Readonly<Record<string, () => Promise<Blobs>>> = {
  folder: async () => {
    const { blobs, remove } = temporaryBlobs();
    cleanUps.push(remove);
    return blobs;
  },
  s3: async () => {
    const blobs = await openBucket(await createBucket(), 'published');
    cleanUps.push(() => blobs.close());
    return blobs;
  },
};

const always = async (): Promise<boolean> => true;
const placeOf = ({ series, window }: BuiltWindow, granularity: Granularity = 20) => ({ series, window, granularity });
/** The same objects, with some methods replaced. */
const spoilt = (blobs: Blobs, methods: Partial<Blobs>): Blobs =>
  new Proxy(blobs, {
    get: (target, name) => {
      const found = methods[name as keyof Blobs] ?? target[name as keyof Blobs];
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });

describe.each(Object.keys(KINDS))('%s', (kind) => {
  const open = (): Promise<Blobs> => (KINDS[kind] as () => Promise<Blobs>)();

  test('a window is there in every granularity with its meta, nothing staged is left, and the version before can be read', async () => {
    const blobs = await open();
    const [first, second] = [builtWindow(1_000_000), builtWindow(2_000_000)];
    await publish(blobs, first, always);
    await publish(blobs, second, always);
    const keys = await keysOf(blobs);
    expect(keys.filter((key) => stagedAt(key) !== undefined)).toEqual([]);
    expect(keys).toHaveLength(4 * GRANULARITIES.length);
    for (const granularity of GRANULARITIES) {
      const place = placeOf(second, granularity);
      const found = await readPublished(blobs, place);
      const body = await blobs.read(bodyKey(place), { maximumBytes: 1e6 });
      expect(found?.meta.versionId).toBe(second.versionId);
      expect(found?.meta.checksum).toBe(checksumOf(gunzipSync(body).toString()));
      expect((await readVersion(blobs, place, first.versionId))?.artifact.versionId).toBe(first.versionId);
    }
  });

  test.each([
    ['cannot be written for want of room', { write: 'full' as const }, /no room/],
    ['reads back cut', { read: 'cut' as const }, /cannot be unpacked/],
    ['reads back as something else', { read: 'other' as const }, /another checksum/],
  ])('where a staged file %s, what was published stays and nothing is left over', async (_name, fault, reason) => {
    const blobs = await open();
    const first = builtWindow(1_000_000);
    await publish(blobs, first, always);
    const before = await keysOf(blobs);
    let writes = 0;
    const faulty = spoilt(blobs, {
      write: async (key, ...rest) => {
        writes++;
        if ('write' in fault && writes > 5) throw new BlobError('full', 'no room left on the disk', { key });
        return blobs.write(key, ...rest);
      },
      read: async (key, request) => {
        const body = await blobs.read(key, request);
        if (!('read' in fault) || stagedAt(key) === undefined) return body;
        return fault.read === 'cut' ? body.subarray(0, body.length / 2) : gzipSync('{"window":"1h"}');
      },
    });
    await expect(publish(faulty, builtWindow(2_000_000), always)).rejects.toThrow(reason);
    expect(await keysOf(blobs)).toEqual(before);
    expect((await readPublished(blobs, placeOf(first)))?.meta.versionId).toBe(first.versionId);
  });

  test('a publication that may not swap any more leaves everything as it was', async () => {
    const blobs = await open();
    const first = builtWindow(1_000_000);
    await publish(blobs, first, always);
    const before = await keysOf(blobs);
    expect(await publish(blobs, builtWindow(2_000_000), async () => false)).toBe(false);
    expect(await keysOf(blobs)).toEqual(before);
  });

  test('of a spoilt body the copy of its version is read, of a spoilt copy the version before', async () => {
    const blobs = await open();
    const [first, second] = [builtWindow(1_000_000), builtWindow(2_000_000)];
    await publish(blobs, first, always);
    await publish(blobs, second, always);
    const place = placeOf(second);
    const body = await blobs.read(bodyKey(place), { maximumBytes: 1e6 });
    await blobs.write(bodyKey(place), body.subarray(0, 40));
    expect((await readPublished(blobs, place))?.meta.versionId).toBe(second.versionId);
    // One that unpacks and reads well, but is not what the meta says of this version.
    const text = gunzipSync(body).toString().replace('"unit":""', '"unit":"x"');
    await blobs.write(bodyKey(place), gzipSync(text));
    expect((await readPublished(blobs, place))?.artifact.series.unit).toBe('');
    await blobs.write(versionKey(place, second.versionId), Buffer.from('not gzip'));
    expect((await readPublished(blobs, place))?.meta.versionId).toBe(first.versionId);
  });

  test('a body without its meta, or with that of another version, gets its meta made anew', async () => {
    const blobs = await open();
    const [first, second] = [builtWindow(1_000_000), builtWindow(2_000_000)];
    await publish(blobs, first, always);
    const place = placeOf(first);
    const old = await blobs.read(metaKey(place), { maximumBytes: 1e6 });
    await publish(blobs, second, always);
    const right = (await readPublished(blobs, place))?.meta;
    await blobs.write(metaKey(place), old);
    expect((await readPublished(blobs, place))?.meta).toEqual(right);
    await blobs.write(metaKey(place), Buffer.from('{'));
    expect((await readPublished(blobs, place))?.meta).toEqual(right);
    await blobs.remove(metaKey(place));
    expect((await readPublished(blobs, place))?.meta).toEqual(right);
  });

  test('versions go when they were replaced for long enough, the newest never; staged leftovers after an hour', async () => {
    const blobs = await open();
    const versions = [0, 10, 50].map((minute) => builtWindow(1e9 + minute * MINUTE));
    for (const built of versions) await publish(blobs, built, always);
    const place = placeOf(versions[0] as BuiltWindow);
    await blobs.write(`${bodyKey(place)}.tmp-${1e9}-0mwum8k2x-00000000`, Buffer.from('left'));
    const kept = async () => {
      const found = await Promise.all(versions.map(({ versionId }) => readVersion(blobs, place, versionId)));
      return found.map((version) => version !== undefined);
    };
    const staged = async () => (await keysOf(blobs)).filter((key) => stagedAt(key) !== undefined).length;
    await sweep(blobs, HOUR, 1e9 + 60 * MINUTE);
    expect([await kept(), await staged()]).toEqual([[true, true, true], 1]);
    await sweep(blobs, HOUR, 1e9 + 71 * MINUTE);
    expect([await kept(), await staged()]).toEqual([[false, true, true], 0]);
    await sweep(blobs, HOUR, 1e9 + 1_000 * MINUTE);
    expect(await kept()).toEqual([false, false, true]);
  });

  test('the last resort of a device is read from its own place and called so', async () => {
    const blobs = await open();
    const built = builtWindow(1_000_000);
    const place = placeOf(built);
    const { text } = built.artifacts[0] as (typeof built.artifacts)[number];
    expect(await readFallback(blobs, place)).toBeUndefined();
    await blobs.write(`fallback/${built.series}/latest_1h_20.json`, gzipSync(text));
    expect((await readFallback(blobs, place))?.source).toBe('fallback');
  });
});

test('sweeping a place where nothing was published yet is no failure', async () => {
  const { blobs, remove } = temporaryBlobs();
  remove();
  expect(await sweep(blobs, HOUR, 0)).toEqual({ versions: 0, staged: 0 });
});

test('objects carry what a server that hands them out must say', async () => {
  const bucket = await createBucket();
  const blobs = await openBucket(bucket, 'published');
  cleanUps.push(() => blobs.close());
  const built = builtWindow(1_000_000);
  await publish(blobs, built, always);
  const client = s3Client(bucket);
  cleanUps.push(() => client.destroy());
  const head = async (key: string) => {
    const found = await client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key: `published/${key}` }));
    found.Body?.transformToByteArray().catch(() => {});
    return [found.ContentType, found.ContentEncoding, found.CacheControl];
  };
  const type = 'application/json; charset=utf-8';
  expect(await head(bodyKey(placeOf(built)))).toEqual([type, 'gzip', 'public, max-age=30']);
  expect(await head(metaKey(placeOf(built)))).toEqual([type, undefined, 'public, max-age=30']);
});

/** The moves of a publication: body and meta of each of four granularities. */
test.each(Array.from({ length: 2 * GRANULARITIES.length + 1 }, (_, index) => index))(
  'killed before move %i of a swap, readers get a whole pair of one version',
  async (moves) => {
    const { blobs, path, remove } = temporaryBlobs();
    cleanUps.push(remove);
    const [first, second] = [builtWindow(1_000_000), builtWindow(2_000_000)];
    await publish(blobs, first, always);
    const input = join(path, 'second.json');
    writeFileSync(input, JSON.stringify(second));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'publish.child.ts'), path, input, String(moves)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal ?? code).toBe(moves < 2 * GRANULARITIES.length ? 'SIGKILL' : 0);
    for (const granularity of GRANULARITIES) {
      const found = await readPublished(blobs, placeOf(first, granularity));
      expect([first.versionId, second.versionId]).toContain(found?.artifact.versionId);
      expect(found?.meta.versionId).toBe(found?.artifact.versionId);
      expect(found?.meta.checksum).toBe(checksumOf(found?.text ?? ''));
    }
    await publish(blobs, builtWindow(3_000_000), always);
    await sweep(blobs, HOUR, 3_000_000 + 2 * HOUR);
    expect((await keysOf(blobs)).filter((key) => stagedAt(key) !== undefined)).toEqual([]);
  },
);
