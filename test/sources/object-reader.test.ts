import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BlobError } from '../../src/blobs/blob-error.ts';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { decodeSnapshot } from '../../src/sources/archive/decode.ts';
import type { Extractor } from '../../src/sources/archive/extractor.ts';
import { LocalObjectReader } from '../../src/sources/archive/object-reader.ts';
import { SampleGatherer } from '../../src/sources/archive/sample-columns.ts';
import { ManualClock } from '../support/clock.ts';

const AT = Date.UTC(2026, 10, 23);
const clock = new ManualClock(AT + 1_000_000);
const values: Extractor = (snapshot) => [{ metric: 'm', value: (snapshot as { value: number }).value }];
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

test.for([
  ['x.json', json({ a: 1 })],
  ['x.json.gz', gzipSync(json({ a: 1 }))],
  ['x.json', gzipSync(json({ a: 1 }))],
  ['x.json', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json({ a: 1 })])],
] as const)('%s is parsed, packed or not', ([key, body]) => {
  expect(decodeSnapshot(key, body)).toEqual({ a: 1 });
});

test.for([
  ['x.json', Buffer.alloc(0), 'the object is empty'],
  ['x.json', Buffer.from('{"a":'), 'not JSON'],
  ['x.json', Buffer.from('<html>'), 'not JSON'],
  ['x.json.gz', json({ a: 1 }), 'not gzip'],
  ['x.json.gz', gzipSync(json({ a: 1 })).subarray(0, 15), 'gzip data is truncated'],
  ['x.json.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 'damaged gzip data'],
  ['x.json.gz', gzipSync(Buffer.alloc(70_000_000)), 'unpacks to more than'],
] as const)('%s of other content is refused: %#', ([key, body, reason]) => {
  expect(() => decodeSnapshot(key, body)).toThrow(reason);
});

test('samples are gathered by series, in the order of their snapshots', () => {
  const gatherer = new SampleGatherer();
  gatherer.add(
    [
      { metric: 'a', labels: { x: '1', y: '2' }, value: 1 },
      { metric: 'b', value: 2, unit: 'B' },
    ],
    10,
  );
  gatherer.add(
    [
      { metric: 'b', value: 3, timestamp: 15 },
      { metric: 'a', labels: { y: '2', x: '1' }, value: 4, title: 'renamed' },
      { metric: 'a', labels: { x: '1' }, value: 5 },
    ],
    20,
  );
  const { series, offsets, times, values: gathered } = gatherer.finish();
  expect(series.map(({ metric, labels, title }) => [metric, labels, title])).toEqual([
    ['a', { x: '1', y: '2' }, 'renamed'],
    ['b', {}, 'b'],
    ['a', { x: '1' }, 'a'],
  ]);
  expect([...offsets]).toEqual([0, 2, 4, 5]);
  expect([...times]).toEqual([10, 20, 10, 15, 20]);
  expect([...gathered]).toEqual([1, 4, 2, 3, 5]);
});

test('a snapshot with a name that cannot be kept leaves nothing behind', () => {
  const gatherer = new SampleGatherer();
  const bad = [
    { metric: 'good', value: 1 },
    { metric: 'not good', value: 1 },
  ];
  expect(() => gatherer.add(bad, 10)).toThrow('metric "not good"');
  expect(gatherer.finish().series).toEqual([]);
});

/** Objects by key; an error in place of a body is thrown, a function is asked anew at each read. */
function blobsOf(bodies: Readonly<Record<string, Buffer | Error | (() => Buffer)>>): Blobs & { reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    location: 'fake',
    list: async function* () {},
    read: async (key) => {
      reads.push(key);
      const body = bodies[key];
      if (body instanceof Error) throw body;
      return typeof body === 'function' ? body() : (body ?? Buffer.alloc(0));
    },
    write: async () => {},
    move: async () => {},
    remove: async () => {},
    check: async () => {},
    close: () => {},
  };
}

const object = (key: string, bytes = 0) => ({ key, at: AT + Number.parseInt(key, 10) * 60_000, bytes, etag: key });

test('one bad object costs no other', async () => {
  const blobs = blobsOf({
    '1': json({ value: 1 }),
    '2': json({ value: 'x' }),
    '3': Buffer.from('{'),
    '4': new BlobError('not-found', 'gone', { key: '4' }),
    '5': new BlobError('too-large', 'has 99 bytes', { key: '5' }),
    '6': json({ value: 6 }),
  });
  const objects = ['1', '2', '3', '4', '5', '6'].map((key) => object(key, key === '3' ? 1 : 11));
  const { outcomes, samples, failure } = await new LocalObjectReader(blobs, values, clock).read(objects);
  expect(failure).toBeNull();
  expect(outcomes.map(({ object: { key }, state, detail }) => [key, state, detail])).toEqual([
    ['1', 'read', null],
    ['2', 'failed', 'the extractor returned a wrong point: value x is not a finite number'],
    ['3', 'failed', expect.stringContaining('not JSON')],
    ['4', 'failed', 'it was listed, but is gone'],
    ['5', 'failed', 'has 99 bytes'],
    ['6', 'read', null],
  ]);
  expect([...samples.values]).toEqual([1, 6]);
});

test('a body shorter than listed is read again, and said to be cut when it stays so', async () => {
  const whole = json({ value: 5 });
  let looks = 0;
  const blobs = blobsOf({
    '1': () => (looks++ === 0 ? whole.subarray(0, 5) : whole),
    '2': whole.subarray(0, 5),
    '3': Buffer.from('{"val'),
  });
  const objects = [object('1', whole.length), object('2', whole.length), object('3', 5)];
  const { outcomes } = await new LocalObjectReader(blobs, values, clock).read(objects);
  expect(outcomes.map(({ state }) => state)).toEqual(['read', 'failed', 'failed']);
  expect(outcomes[1]?.detail).toContain('(5 of 11 bytes arrived)');
  expect(blobs.reads.filter((key) => key === '1')).toHaveLength(2);
  expect(blobs.reads.filter((key) => key === '2')).toHaveLength(3);
  expect(blobs.reads.filter((key) => key === '3')).toHaveLength(1);
});

test('when objects cannot be fetched, those that could be are kept and the rest is not tried', async () => {
  const refused = new BlobError('forbidden', 'S3 answered 403', { key: '3' });
  const bodies = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [String(index + 1), index === 2 ? refused : json({ value: index + 1 })]),
  );
  const blobs = blobsOf(bodies);
  const reader = new LocalObjectReader(blobs, values, clock, 1);
  const { outcomes, failure } = await reader.read(Object.keys(bodies).map((key) => object(key)));
  expect(failure).toBe(refused);
  expect(outcomes.map(({ object: { key } }) => key)).toEqual(['1', '2']);
  expect(blobs.reads).toEqual(['1', '2', '3']);
});

test('no more objects are read at once than agreed, over all calls', async () => {
  let running = 0;
  let most = 0;
  const blobs: Blobs = {
    ...blobsOf({}),
    read: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return json({ value: 1 });
    },
  };
  const reader = new LocalObjectReader(blobs, values, clock, 4);
  const objects = Array.from({ length: 20 }, (_, index) => object(String(index)));
  await Promise.all([reader.read(objects), reader.read(objects)]);
  expect(most).toBe(4);
});
