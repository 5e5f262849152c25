import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FolderBlobs } from '../../src/blobs/folder-blobs.ts';
import type { ExtractorOrigin } from '../../src/sources/archive/load-extractor.ts';
import { LocalObjectReader } from '../../src/sources/archive/object-reader.ts';
import { platformSnapshot } from '../../src/sources/archive/platform-snapshot.ts';
import { ThreadObjectReader } from '../../src/sources/archive/thread-reader.ts';
import { ManualClock } from '../support/clock.ts';

const AT = Date.UTC(2026, 1, 1);
const configuration = new URL('./configuration.fixture.ts', import.meta.url).pathname;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-thread-'));
  mkdirSync(join(folder, 'day'));
  writeFileSync(join(folder, 'day', '0.json'), JSON.stringify({ coins: [{ mint: 'A', viewers: 1 }], temperature: 21 }));
  writeFileSync(
    join(folder, 'day', '1.json'),
    JSON.stringify({ coins: [{ mint: 'B', viewers: 2 }, { mint: 'A' }], temperature: 22 }),
  );
  writeFileSync(join(folder, 'day', '2.json'), 'not json');
});
afterAll(() => rmSync(folder, { recursive: true }));

const objects = [0, 1, 2, 3].map((minute) => ({
  key: `day/${minute}.json`,
  at: AT + minute * 60_000,
  bytes: 8,
  etag: 'e',
}));
const ready: ExtractorOrigin = { kind: 'ready-made', name: 'platform-snapshot', archive: 'p' };
const open = (extractor: ExtractorOrigin, path = folder) =>
  new ThreadObjectReader({ location: { kind: 'folder', path }, extractor, concurrency: 2 });

test('a thread says what reading in this one says', async () => {
  const thread = open(ready);
  const local = new LocalObjectReader(
    new FolderBlobs({ kind: 'folder', path: folder }),
    platformSnapshot('p'),
    new ManualClock(Date.now()),
  );
  expect(await thread.read(objects)).toEqual(await local.read(objects));
  expect(await thread.read(objects.slice(1))).toEqual(await local.read(objects.slice(1)));
  await thread.close();
});

test('an extractor of a configuration file runs in the thread', async () => {
  const thread = open({ kind: 'file', file: configuration, archive: 'own' });
  const { samples, outcomes } = await thread.read(objects.slice(0, 2));
  expect(samples.series).toEqual([
    { metric: 'temperature', labels: {}, kind: 'gauge', unit: '°C', title: 'temperature' },
  ]);
  expect([...samples.values]).toEqual([21, 22]);
  expect(outcomes.map(({ state }) => state)).toEqual(['read', 'read']);
  await thread.close();
});

test('an extractor that throws fails the object with its words', async () => {
  const thread = open({ kind: 'file', file: configuration, archive: 'broken' });
  const { outcomes } = await thread.read(objects.slice(0, 1));
  expect(outcomes).toMatchObject([{ state: 'failed', detail: 'this sensor is not known' }]);
  await thread.close();
});

test('without its extractor nothing is read, and the reason is told each time', async () => {
  const thread = open({ kind: 'file', file: configuration, archive: 'absent' });
  for (let time = 0; time < 2; time++) await expect(thread.read(objects)).rejects.toThrow('no archive "absent"');
  await thread.close();
});

test('trouble with the location crosses the threads as what it is', async () => {
  const thread = open(ready, join(folder, 'absent'));
  const { outcomes } = await thread.read(objects.slice(0, 1));
  expect(outcomes).toMatchObject([{ state: 'failed', detail: 'it was listed, but is gone' }]);
  await thread.close();
});

test('a thread that dies fails what it was doing, and the next read starts another', async () => {
  const thread = open({ kind: 'file', file: configuration, archive: 'deadly' });
  await expect(thread.read(objects)).rejects.toThrow('the reading thread ended');
  await expect(thread.read(objects)).rejects.toThrow('the reading thread ended');
  await thread.close();
});

test('a read may be cancelled', async () => {
  const thread = open(ready);
  const controller = new AbortController();
  const reading = thread.read(objects, controller.signal);
  controller.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  await expect(thread.read(objects, controller.signal)).rejects.toThrow('enough');
  await thread.close();
});
