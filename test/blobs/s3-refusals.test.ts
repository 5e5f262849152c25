import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { RetryingBlobs } from '../../src/blobs/retry.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { createBucket, type TestBucket } from '../support/s3.ts';
import { type S3Faults, startS3Faults } from '../support/s3-faults.ts';
import { openBucket } from './bucket.ts';
import { keysOf } from './pages.ts';

const QUICK = { attempts: 3, attemptTimeout: 10_000, firstWait: 1, longestWait: 2 };
const limit = { maximumBytes: 1_000_000 };

let bucket: TestBucket;
let faults: S3Faults;
let blobs: Blobs;

beforeAll(async () => {
  bucket = await createBucket();
  faults = await startS3Faults(bucket.endpoint);
  blobs = await openBucket({ ...bucket, endpoint: faults.endpoint }, 'pre');
  await blobs.write('1', Buffer.alloc(100_000, 'x'));
  faults.clear();
});
afterEach(() => faults.clear());
afterAll(async () => {
  blobs.close();
  await faults.stop();
});

const place = () => `s3://${bucket.bucket}/pre/1`;

test.for([
  ['forbidden', 'forbidden', true, '403 AccessDenied'],
  ['slow-down', 'throttled', true, '503 SlowDown'],
  ['not-found', 'not-found', false, '404 NoSuchKey'],
] as const)('%s when reading is %s', async ([kind, problem, retryable, words]) => {
  faults.inject({ kind });
  const message = `S3 answered ${words} for ${place()}`;
  await expect(blobs.read('1', limit)).rejects.toMatchObject({ problem, retryable, key: '1', message });
});

test('a refused listing concerns the whole location', async () => {
  faults.inject({ kind: 'forbidden' });
  const message = `S3 answered 403 AccessDenied for s3://${bucket.bucket}/pre`;
  await expect(blobs.check('read')).rejects.toMatchObject({ problem: 'forbidden', key: null, message });
});

test('an absent bucket concerns the whole location', async () => {
  const absent = await openBucket({ ...bucket, bucket: 'no-such-bucket-here' });
  await expect(absent.read('1', limit)).rejects.toMatchObject({ problem: 'not-found', key: null });
  await expect(absent.check('read')).rejects.toThrow('404 NoSuchBucket for s3://no-such-bucket-here');
  absent.close();
});

test('a server that nobody runs is unavailable', async () => {
  const nobody = await openBucket({ ...bucket, endpoint: 'http://127.0.0.1:9' });
  await expect(nobody.check('read')).rejects.toMatchObject({ problem: 'unavailable', retryable: true });
  await expect(nobody.check('read')).rejects.toThrow('ECONNREFUSED');
  nobody.close();
});

test('a body that ends early is cut', async () => {
  faults.inject({ kind: 'cut', afterBytes: 10 });
  await expect(blobs.read('1', limit)).rejects.toMatchObject({ problem: 'cut', retryable: true });
});

test('a passing fault is waited out; each attempt is one request', async () => {
  const patient = new RetryingBlobs(blobs, systemClock, QUICK);
  faults.inject({ kind: 'cut', afterBytes: 10 }, { times: 1 });
  faults.inject({ kind: 'slow-down' }, { times: 1 });
  expect(await patient.read('1', limit)).toHaveLength(100_000);
  expect(faults.requests.map(({ status }) => status)).toEqual([503, 'cut', 200]);
});

test('a lasting fault is given up after the agreed attempts', async () => {
  const patient = new RetryingBlobs(blobs, systemClock, QUICK);
  faults.inject({ kind: 'slow-down' });
  await expect(patient.read('1', limit)).rejects.toMatchObject({ problem: 'throttled' });
  await expect(keysOf(patient)).rejects.toMatchObject({ problem: 'throttled' });
  expect(faults.count({ operation: 'GetObject' })).toBe(3);
  expect(faults.count({ operation: 'ListObjectsV2' })).toBe(3);
});

test('a slow answer is a timeout, and the next one counts', async () => {
  const patient = new RetryingBlobs(blobs, systemClock, { ...QUICK, attemptTimeout: 400 });
  faults.inject({ kind: 'delay', milliseconds: 5_000 }, { times: 1 });
  expect(await patient.read('1', limit)).toHaveLength(100_000);
  expect(faults.count()).toBe(2);
});

test('a wrong secret is forbidden', async () => {
  const key = process.env.AWS_SECRET_ACCESS_KEY;
  const stranger = await openBucket({ ...bucket, secretAccessKey: 'wrong' });
  await expect(stranger.check('read')).rejects.toMatchObject({ problem: 'forbidden' });
  stranger.close();
  process.env.AWS_SECRET_ACCESS_KEY = key;
});
