import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { WINDOWS } from '../../src/domain/windows.ts';
import { DueQueue, dueAt, expiryOf, type WindowStanding } from '../../src/windows/due.ts';

const AT = 1_000_000_000;
const standing = (over: Partial<WindowStanding>): WindowStanding => ({
  generatedAt: AT,
  expiresAt: AT + MINUTE,
  moves: true,
  behindSince: null,
  failures: 0,
  failedAt: null,
  ...over,
});

test('a new window is due at once, one that lacks samples when its pace allows, the short ones sooner', () => {
  expect(dueAt('1h', standing({ generatedAt: null, behindSince: AT + 7 }))).toBe(AT + 7);
  expect(dueAt('1h', standing({ behindSince: AT + SECOND }))).toBe(AT + WINDOWS['1h'].buildEvery);
  expect(dueAt('12m', standing({ behindSince: AT + SECOND }))).toBe(AT + WINDOWS['12m'].buildEvery);
  expect(dueAt('1h', standing({ behindSince: AT + HOUR }))).toBe(AT + HOUR);
});

test('time moves a window on that holds samples, and leaves an empty one alone', () => {
  expect(dueAt('1h', standing({}))).toBe(AT + MINUTE);
  expect(dueAt('1h', standing({ moves: false }))).toBeNull();
});

test('a failing build is tried again after growing pauses, and at least every five minutes', () => {
  const pauses = [1, 2, 3, 9, 500].map((failures) => (dueAt('1h', standing({ failures, failedAt: AT })) ?? 0) - AT);
  expect(pauses).toEqual([5, 10, 20, 300, 300].map((seconds) => seconds * SECOND));
});

test('a window of a series that is alive expires by its rule; of one that ended when it moved on by a segment', () => {
  expect(expiryOf('12m', AT, AT - SECOND)).toBe(AT + WINDOWS['12m'].timeToLive);
  expect(expiryOf('12m', AT, AT - 40 * DAY)).toBe(Math.ceil(AT + WINDOWS['12m'].length / 500));
  expect(expiryOf('1h', AT, AT - DAY)).toBe(AT + WINDOWS['1h'].timeToLive);
});

test('the queue gives what is due in order of time, each key by its newest plan', () => {
  const plans = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.option(fc.integer({ min: 0, max: 60 }))));
  fc.assert(
    fc.property(plans, fc.integer({ min: 0, max: 60 }), (made, now) => {
      const queue = new DueQueue<number>();
      const expected = new Map<number, number>();
      for (const [key, at] of made) {
        queue.plan(key, at);
        if (at === null) expected.delete(key);
        else expected.set(key, at);
      }
      expect(queue.size).toBe(expected.size);
      const taken: number[] = [];
      for (let key = queue.take(now); key !== undefined; key = queue.take(now)) taken.push(key);
      const due = [...expected].filter(([, at]) => at <= now);
      expect(taken.map((key) => expected.get(key))).toEqual(due.map(([, at]) => at).sort((a, b) => a - b));
      expect(new Set(taken)).toEqual(new Set(due.map(([key]) => key)));
      const rest = [...expected.values()].filter((at) => at > now);
      expect(queue.next).toBe(rest.length === 0 ? undefined : Math.min(...rest));
    }),
  );
});
