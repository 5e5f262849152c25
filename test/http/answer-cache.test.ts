import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { AnswerCache, CachedAnswer } from '../../src/http/answer-cache.ts';

const answer = (size: number): CachedAnswer => new CachedAnswer(Buffer.alloc(size, 'x'), false);

test('of many who ask for one key at once, one computes', async () => {
  const cache = new AnswerCache(1_000_000);
  let computed = 0;
  const compute = async () => {
    computed++;
    await new Promise((resolve) => setImmediate(resolve));
    return answer(100);
  };
  const all = await Promise.all([...Array(1_000)].map(() => cache.get('a', compute)));
  expect(computed).toBe(1);
  expect(new Set(all).size).toBe(1);
  expect(cache.get('a', compute)).toBe(all[0]);
  expect(cache.statistics).toMatchObject({ hits: 1_000, misses: 1 });
});

test('a failure reaches all who wait for it and is not kept', async () => {
  const cache = new AnswerCache(1_000_000);
  const failing = async (): Promise<CachedAnswer> => {
    throw new Error('no');
  };
  const results = await Promise.allSettled([cache.get('a', failing), cache.get('a', failing)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await cache.get('a', async () => answer(7))).body).toHaveLength(7);
});

test('what was asked for least recently goes first, and the limit holds', async () => {
  const cache = new AnswerCache(100_000);
  const compute = async () => answer(10_000);
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    await cache.get(key, compute);
    await cache.get('a', compute);
  }
  for (const key of ['h', 'i', 'j']) await cache.get(key, compute);
  expect(cache.statistics.bytes).toBeLessThanOrEqual(100_000);
  const misses = () => cache.statistics.misses;
  const before = misses();
  await cache.get('a', compute);
  expect(misses()).toBe(before);
  await cache.get('b', compute);
  expect(misses()).toBe(before + 1);
});

test('an answer too large to keep is still given', async () => {
  const cache = new AnswerCache(1_000);
  expect((await cache.get('a', async () => answer(50_000))).body).toHaveLength(50_000);
  expect(cache.statistics.bytes).toBe(0);
});

test('an answer is packed once', async () => {
  const large = answer(50_000);
  const [one, other] = await Promise.all([large.pack(), large.pack()]);
  expect(one).toBe(other);
  expect(large.packed).toBe(one);
  expect(gunzipSync(one)).toEqual(large.body);
});
