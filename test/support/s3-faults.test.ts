import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createBucket, s3Client } from './s3.ts';
import { type S3Faults, startS3Faults } from './s3-faults.ts';

let faults: S3Faults;
let client: ReturnType<typeof s3Client>;
let Bucket: string;

beforeAll(async () => {
  const server = await createBucket();
  Bucket = server.bucket;
  faults = await startS3Faults(server.endpoint);
  client = s3Client({ ...server, endpoint: faults.endpoint });
  await client.send(new PutObjectCommand({ Bucket, Key: 'day/é 1', Body: 'x'.repeat(1000) }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'day/2', Body: 'y'.repeat(1000) }));
  faults.clear();
});
afterEach(() => faults.clear());
afterAll(async () => {
  client.destroy();
  await faults.stop();
});

async function read(Key: string): Promise<number> {
  const response = await client.send(new GetObjectCommand({ Bucket, Key }));
  return (await response.Body?.transformToByteArray())?.length ?? 0;
}

test('requests pass with their signatures, and are counted by operation and key', async () => {
  expect(await read('day/é 1')).toBe(1000);
  await client.send(new HeadObjectCommand({ Bucket, Key: 'day/2' }));
  await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'day/' }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'day/never' }));
  expect(faults.requests).toEqual([
    { operation: 'GetObject', key: 'day/é 1', status: 200 },
    { operation: 'HeadObject', key: 'day/2', status: 200 },
    { operation: 'ListObjectsV2', key: 'day/', status: 200 },
    { operation: 'DeleteObject', key: 'day/never', status: 204 },
  ]);
  expect(faults.count({ operation: 'GetObject' })).toBe(1);
  expect(faults.count({ key: /^day\// })).toBe(4);
  expect(faults.count({ operation: 'PutObject' })).toBe(0);
});

test.for([
  ['slow-down', 503, 'SlowDown'],
  ['forbidden', 403, 'AccessDenied'],
  ['not-found', 404, 'NoSuchKey'],
] as const)('%s answers %i %s, so many times and for those keys only', async ([kind, status, name]) => {
  faults.inject({ kind }, { operation: 'GetObject', key: 'day/2', times: 2 });
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(read('day/2')).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(await read('day/é 1')).toBe(1000);
  }
  expect(await read('day/2')).toBe(1000);
});

test('a cut connection is an error, in the middle of the body or before it', async () => {
  faults.inject({ kind: 'cut', afterBytes: 10 }, { key: 'day/2' });
  await expect(read('day/2')).rejects.toThrow();
  faults.inject({ kind: 'cut', afterBytes: 0 }, { key: 'day/2' });
  await expect(read('day/2')).rejects.toThrow();
  expect(faults.requests.map((seen) => seen.status)).toEqual(['cut', 'cut']);
});

test('a truncated body looks whole', async () => {
  faults.inject({ kind: 'truncate', toBytes: 10 }, { key: 'day/2', times: 1 });
  expect(await read('day/2')).toBe(10);
});

test('a delayed answer is right but late', async () => {
  faults.inject({ kind: 'delay', milliseconds: 200 }, { key: 'day/2', times: 1 });
  const began = performance.now();
  expect(await read('day/2')).toBe(1000);
  expect(performance.now() - began).toBeGreaterThan(190);
});

test('an upload that is refused is not stored', async () => {
  faults.inject({ kind: 'slow-down' }, { operation: 'PutObject' });
  const upload = client.send(new PutObjectCommand({ Bucket, Key: 'refused', Body: 'z'.repeat(100_000) }));
  await expect(upload).rejects.toMatchObject({ name: 'SlowDown' });
  faults.clear();
  await expect(read('refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
});
