import { expect, test, vi } from 'vitest';
import { BlobError } from '../../src/blobs/blob-error.ts';
import type { BlobEntry, Blobs, ListRequest } from '../../src/blobs/blobs.ts';
import { RetryingBlobs } from '../../src/blobs/retry.ts';
import { ManualClock } from '../support/clock.ts';
import { keysOf } from './pages.ts';

const POLICY = { attempts: 4, attemptTimeout: 30_000, firstWait: 200, longestWait: 1_000 };
const throttled = (retryAfter?: number) => new BlobError('throttled', 'slow down', { retryAfter: retryAfter ?? null });

/** Objects of which nothing works but what a test says. */
function fake(parts: Partial<Blobs>): Blobs {
  const refuse = () => Promise.reject(new Error('not expected'));
  return {
    location: 'fake',
    list: async function* () {},
    read: refuse,
    write: refuse,
    move: refuse,
    remove: refuse,
    check: refuse,
    close() {},
    ...parts,
  };
}

/** Lets everything run that does not wait for the clock. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('waits grow, and the last failure is thrown as it came', async () => {
  const clock = new ManualClock(0);
  const error = throttled();
  const read = vi.fn(() => Promise.reject(error));
  const reading = new RetryingBlobs(fake({ read }), clock, POLICY).read('x', { maximumBytes: 1 });
  const thrown = reading.catch((caught) => caught);
  for (const [attempts, least, most] of [
    [1, 100, 200],
    [2, 200, 400],
    [3, 400, 800],
  ] as const) {
    await settle();
    expect(read).toHaveBeenCalledTimes(attempts);
    clock.advance(least - 1);
    await settle();
    expect(read).toHaveBeenCalledTimes(attempts);
    clock.advance(most - least + 1);
  }
  expect(await thrown).toBe(error);
  expect(read).toHaveBeenCalledTimes(4);
  expect(clock.waiting).toBe(0);
});

test('what the other side asks to wait is waited, within reason', async () => {
  const clock = new ManualClock(0);
  const read = vi.fn(() => Promise.reject(throttled(read.mock.calls.length === 1 ? 20_000 : 9_999_999)));
  const thrown = new RetryingBlobs(fake({ read }), clock, { ...POLICY, attempts: 3 })
    .read('x', { maximumBytes: 1 })
    .catch((caught) => caught);
  await settle();
  clock.advance(19_999);
  await settle();
  expect(read).toHaveBeenCalledTimes(1);
  clock.advance(1);
  await settle();
  expect(read).toHaveBeenCalledTimes(2);
  clock.advance(60_000);
  expect(await thrown).toBeInstanceOf(BlobError);
  expect(read).toHaveBeenCalledTimes(3);
});

test('what no time mends is not tried again', async () => {
  const read = vi.fn(() => Promise.reject(new BlobError('not-found', 'gone', { key: 'x' })));
  const blobs = new RetryingBlobs(fake({ read }), new ManualClock(0), POLICY);
  await expect(blobs.read('x', { maximumBytes: 1 })).rejects.toThrow('gone');
  expect(read).toHaveBeenCalledTimes(1);
});

test('an attempt that takes too long is a timeout and tried again', async () => {
  const clock = new ManualClock(0);
  const hang = (_key: string, { signal }: { signal?: AbortSignal }) =>
    new Promise<never>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  const read = vi.fn<Blobs['read']>(hang).mockImplementationOnce(hang);
  read.mockImplementationOnce(hang).mockImplementationOnce(async () => new Uint8Array([1]));
  const reading = new RetryingBlobs(fake({ read }), clock, POLICY).read('x', { maximumBytes: 1 });
  for (let attempt = 0; attempt < 2; attempt++) {
    await settle();
    clock.advance(30_000);
    await settle();
    clock.advance(1_000);
  }
  expect(await reading).toEqual(new Uint8Array([1]));
});

test('a cancelled wait ends at once', async () => {
  const clock = new ManualClock(0);
  const controller = new AbortController();
  const read = vi.fn(() => Promise.reject(throttled()));
  const blobs = new RetryingBlobs(fake({ read }), clock, POLICY);
  const thrown = blobs.read('x', { maximumBytes: 1, signal: controller.signal }).catch((caught) => caught);
  await settle();
  controller.abort(new Error('cancelled'));
  expect(await thrown).toMatchObject({ message: 'cancelled' });
  expect(clock.waiting).toBe(0);
});

test('a listing goes on after the last page that came', async () => {
  const clock = new ManualClock(0);
  const entry = (key: string): BlobEntry => ({ key, bytes: 1, etag: key, modifiedAt: 0 });
  const starts: (string | undefined)[] = [];
  const list = async function* ({ startAfter }: ListRequest = {}) {
    starts.push(startAfter);
    if (startAfter === undefined) {
      yield [entry('a'), entry('b')];
      throw throttled();
    }
    if (starts.length === 2) throw throttled();
    yield [entry('c')];
  };
  const blobs = new RetryingBlobs(fake({ list }), clock, POLICY);
  const listing = keysOf(blobs);
  for (let turn = 0; turn < 6; turn++) {
    await settle();
    clock.advance(1_000);
  }
  expect(await listing).toEqual(['a', 'b', 'c']);
  expect(starts).toEqual([undefined, 'b', 'b']);
});
