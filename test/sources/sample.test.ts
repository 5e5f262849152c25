import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderBlobs } from '../../src/blobs/folder-blobs.ts';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { decodeSnapshot } from '../../src/sources/archive/decode.ts';
import { extract } from '../../src/sources/archive/extractor.ts';
import { KeyTemplate } from '../../src/sources/archive/key-template.ts';
import { platformSnapshot } from '../../src/sources/archive/platform-snapshot.ts';
import { SAMPLE_KEY, SAMPLE_SEED, writeSampleArchive } from '../../src/sources/sample/archive.ts';
import { snapshotText } from '../../src/sources/sample/platform.ts';
import { keysOf } from '../blobs/pages.ts';

const START = Date.UTC(2026, 10, 20);
const platform = { seed: SAMPLE_SEED, streams: 200 };
const range = { from: START, to: START + 6 * HOUR };
const request = { ...platform, streams: 5, key: new KeyTemplate(SAMPLE_KEY), range, gzip: false, writeLate: true };

let folder: string;
let blobs: FolderBlobs;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-sample-'));
  blobs = new FolderBlobs({ kind: 'folder', path: folder });
});
afterEach(() => rmSync(folder, { recursive: true }));

const viewersAt = (at: number) => {
  const { points } = extract(platformSnapshot('p'), JSON.parse(snapshotText(platform, at)), at, at);
  return points.find(({ metric }) => metric === 'p.viewers')?.value ?? 0;
};

test('a snapshot is labelled as simulated and looks like a platform', () => {
  const snapshot = JSON.parse(snapshotText(platform, START));
  expect(snapshot.simulated).toBe(true);
  expect(snapshot.streams.length).toBeGreaterThan(120);
  expect(snapshot.streams.length).toBeLessThan(280);
  expect(snapshot.streams[0]).toEqual({
    mint: expect.stringMatching(/^\w{44}$/),
    name: expect.any(String),
    symbol: expect.any(String),
    created_timestamp: expect.any(Number),
    is_currently_live: true,
    nsfw: false,
    livestream_title: '',
    thumbnail: expect.stringContaining('https://thumbnails.example/'),
    num_participants: expect.any(Number),
    usd_market_cap: expect.any(Number),
  });
  const { rejected } = extract(platformSnapshot('p'), snapshot, START, START);
  expect(rejected).toEqual([]);
});

test('the same instant gives the same text, another seed another', () => {
  expect(snapshotText(platform, START)).toBe(snapshotText(platform, START));
  expect(snapshotText({ ...platform, seed: 1 }, START)).not.toBe(snapshotText(platform, START));
});

test('evenings draw more viewers than mornings, and streams come and go', () => {
  const mean = (hour: number) =>
    [0, 1, 2].reduce((sum, day) => sum + viewersAt(START + day * 24 * HOUR + hour * HOUR), 0) / 3;
  expect(mean(20)).toBeGreaterThan(mean(5) * 1.3);
  const mints = (at: number) =>
    new Set<string>(JSON.parse(snapshotText(platform, at)).streams.map(({ mint }: { mint: string }) => mint));
  expect(mints(START).intersection(mints(START + MINUTE)).size).toBeGreaterThan(100);
  expect(mints(START).intersection(mints(START + 48 * HOUR)).size).toBe(0);
});

test('an archive has one object a minute but for its flaws, and each flaw is told', async () => {
  const seen: number[] = [];
  const report = await writeSampleArchive(blobs, { ...request, progress: (done) => seen.push(done) });
  const keys = await keysOf(blobs);
  expect(keys).toHaveLength(report.objects);
  const missing = report.gaps.reduce((sum, { from, to }) => sum + (to - from) / MINUTE, 0);
  expect(report.objects).toBe(360 - missing);
  expect(seen.at(-1)).toBe(360);
  expect(keys).toContain(report.corrupt);
  expect(keys).toContain(report.late?.key);
  const bodies = await Promise.all(keys.map((key) => blobs.read(key, { maximumBytes: 1e6 })));
  const broken = keys.filter((key, index) => {
    try {
      return decodeSnapshot(key, bodies[index] as Uint8Array) === undefined;
    } catch {
      return true;
    }
  });
  expect(broken).toEqual([report.corrupt]);
});

test('the late object may be left to come later, and objects may be packed', async () => {
  const key = new KeyTemplate(`${SAMPLE_KEY}.gz`);
  const { late, objects } = await writeSampleArchive(blobs, { ...request, key, gzip: true, writeLate: false });
  const keys = await keysOf(blobs);
  expect(keys).toHaveLength(objects);
  expect(keys).not.toContain(late?.key);
  const body = await blobs.read(keys[0] as string, { maximumBytes: 1e6 });
  expect(decodeSnapshot(keys[0] as string, body)).toMatchObject({ simulated: true });
});

test('writing may be cancelled', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(writeSampleArchive(blobs, { ...request, signal })).rejects.toThrow('enough');
});
