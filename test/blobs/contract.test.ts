import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlobError } from '../../src/blobs/blob-error.ts';
import { type BlobEntry, type Blobs, compareKeys } from '../../src/blobs/blobs.ts';
import { openBlobs } from '../../src/blobs/open.ts';
import { createBucket } from '../support/s3.ts';
import { openBucket } from './bucket.ts';
import { keysOf, pagesOf } from './pages.ts';

/** What every kind of location does alike. */
const KINDS: Readonly<Record<string, () => Promise<{ blobs: Blobs; remove: () => void }>>> = {
  folder: async () => {
    const path = mkdtempSync(join(tmpdir(), 'varve-blobs-'));
    const blobs = await openBlobs({ kind: 'folder', path: join(path, 'made later') });
    return { blobs, remove: () => rmSync(path, { recursive: true }) };
  },
  s3: async () => {
    const blobs = await openBucket(await createBucket(), 'some/prefix');
    return { blobs, remove: () => blobs.close() };
  },
};

const KEYS = [
  'a-',
  'a.json',
  'a/0.json',
  'a/b/c.json',
  'a/b/d',
  'a/b.json',
  'a0',
  'b/2026/11/22/2359.json',
  'b/2026/11/23/0000.json',
  'b/2026/11/23/0001.json',
  'b/2026/11/24/0000.json',
  'ä ö?&+%41.json',
  '\uffee.json',
  '\u{1f30a}.json',
].sort(compareKeys);

test('keys are compared by their bytes', () => {
  const key = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

describe.for(Object.entries(KINDS))('%s', ([, open]) => {
  let blobs: Blobs;
  let remove: () => void;

  beforeAll(async () => {
    ({ blobs, remove } = await open());
    for (const key of KEYS) await blobs.write(key, Buffer.from(`body of ${key}`));
  });
  afterAll(() => remove());

  test('lists all keys in order, with size, etag and time', async () => {
    const entries = (await pagesOf(blobs)).flat();
    expect(entries.map(({ key }) => key)).toEqual(KEYS);
    for (const { key, bytes, etag, modifiedAt } of entries) {
      expect(bytes).toBe(Buffer.byteLength(`body of ${key}`));
      expect(etag).not.toBe('');
      expect(Math.abs(modifiedAt - Date.now())).toBeLessThan(600_000);
    }
  });

  test('starts after any text, stops before any text, keeps to a prefix', async () => {
    const bounds = [undefined, 'a/b', 'a/b/c.json', 'b/2026/11/23/0000.json'];
    for (const startAfter of [...bounds, 'a.', '\uffee.json']) {
      for (const before of [...bounds.slice(1), undefined]) {
        for (const prefix of ['', 'a/', 'b/2026/11/2']) {
          const request = {
            prefix,
            ...(startAfter === undefined ? {} : { startAfter }),
            ...(before ? { before } : {}),
          };
          const expected = KEYS.filter(
            (key) =>
              key.startsWith(prefix) &&
              compareKeys(key, startAfter ?? '') > 0 &&
              (before === undefined || compareKeys(key, before) < 0),
          );
          expect(await keysOf(blobs, request), JSON.stringify(request)).toEqual(expected);
        }
      }
    }
  });

  test('pages have the asked size, and reading may stop at any page', async () => {
    const pages = await pagesOf(blobs, { pageSize: 4 });
    expect(pages.map((page) => page.length)).toEqual([4, 4, 4, 2]);
    let first: readonly BlobEntry[] = [];
    for await (const page of blobs.list({ pageSize: 3 })) {
      first = page;
      break;
    }
    expect(first.map(({ key }) => key)).toEqual(KEYS.slice(0, 3));
  });

  test('reads what was written, and another body has another etag', async () => {
    const key = 'a/b/c.json';
    const etagOf = async () => (await pagesOf(blobs, { prefix: key })).flat()[0]?.etag;
    expect(Buffer.from(await blobs.read(key, { maximumBytes: 100 })).toString()).toBe(`body of ${key}`);
    const before = await etagOf();
    await blobs.write(key, Buffer.from('another'));
    expect(Buffer.from(await blobs.read(key, { maximumBytes: 7 })).toString()).toBe('another');
    expect(await etagOf()).not.toBe(before);
    await blobs.write(key, Buffer.from(`body of ${key}`));
    expect(await keysOf(blobs)).toEqual(KEYS);
  });

  test('an empty body is a body', async () => {
    await blobs.write('empty', new Uint8Array());
    expect(await blobs.read('empty', { maximumBytes: 10 })).toHaveLength(0);
  });

  test('a body over the limit is refused', async () => {
    const reading = blobs.read('a.json', { maximumBytes: 5 });
    await expect(reading).rejects.toMatchObject({ problem: 'too-large', key: 'a.json', retryable: false });
  });

  test('an absent object is not found, and trying again is no use', async () => {
    const error = await blobs.read('a/none.json', { maximumBytes: 5 }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BlobError);
    expect(error).toMatchObject({ problem: 'not-found', key: 'a/none.json', retryable: false });
    expect(error.message).toContain('a/none.json');
  });

  test('an aborted call throws the reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(blobs.read('a.json', { maximumBytes: 50, signal })).rejects.toThrow('enough');
    await expect(keysOf(blobs, { signal })).rejects.toThrow('enough');
  });

  test('a check of a good location passes and leaves nothing', async () => {
    const before = await keysOf(blobs);
    await blobs.check('read');
    await blobs.check('write');
    expect(await keysOf(blobs)).toEqual(before);
  });

  test('moves an object over another, with its body, and forgets one for good', async () => {
    await blobs.write('moving/staged.json', Buffer.from('new'), { headers: { contentType: 'application/json' } });
    await blobs.write('moving/sub/latest ä.json', Buffer.from('old'));
    await blobs.move('moving/staged.json', 'moving/sub/latest ä.json');
    expect(Buffer.from(await blobs.read('moving/sub/latest ä.json', { maximumBytes: 100 })).toString()).toBe('new');
    await expect(blobs.read('moving/staged.json', { maximumBytes: 100 })).rejects.toMatchObject({
      problem: 'not-found',
    });
    await expect(blobs.move('moving/staged.json', 'moving/other')).rejects.toMatchObject({ problem: 'not-found' });
    await blobs.remove('moving/sub/latest ä.json');
    await blobs.remove('moving/sub/latest ä.json');
    await blobs.remove('moving/never/there');
    const left = (await pagesOf(blobs, { prefix: 'moving/' })).flat();
    expect(left).toEqual([]);
  });
});
