import { expect, test } from 'vitest';
import { queryKeys } from '../../web/src/api/query-keys.ts';
import { isAffected } from '../../web/src/live/affected.ts';
import { type FeedEvent, readFeedEvent } from '../../web/src/live/feed-event.ts';
import { Refetcher } from '../../web/src/live/refetcher.ts';
import { answer, HOUR, T0 } from './answers.ts';
import { latest, meta } from './samples.ts';

const landed = (source: string, from: number, to: number): FeedEvent => ({
  seq: 1,
  at: T0,
  kind: 'landed',
  payload: { source, from, to, series: 1 },
});
const restated = (series: string[], count = series.length): FeedEvent => ({
  seq: 1,
  at: T0,
  kind: 'restated',
  payload: { source: 'streams', from: T0, to: T0 + HOUR, reason: 'late', series, count },
});
const moving = queryKeys.range('one', { shown: { window: '6h' }, samples: 100, zone: 'UTC' });
const fixed = queryKeys.range('one', { shown: { from: T0, to: T0 + 6 * HOUR }, samples: 100, zone: 'UTC' });

test('only what an event touches is affected', () => {
  const range = answer();
  const beyond = landed('streams', range.end, range.end + HOUR);
  expect(isAffected(beyond, moving, range)).toBe(true);
  expect(isAffected(beyond, fixed, range)).toBe(false);
  expect(isAffected(landed('streams', T0 - HOUR, T0), moving, range)).toBe(false);
  expect(isAffected(landed('streams', T0 - HOUR, T0 + 1), fixed, range)).toBe(true);
  expect(isAffected(landed('host', T0, T0 + HOUR), moving, range)).toBe(false);
});

test('an answer that is still on its way may miss the event', () => {
  expect(isAffected(landed('host', T0, T0 + HOUR), moving, undefined)).toBe(true);
});

test('a restatement touches the series it names, or all when it cannot name all', () => {
  expect(isAffected(restated(['two']), fixed, answer())).toBe(false);
  expect(isAffected(restated(['one']), fixed, answer())).toBe(true);
  expect(isAffected(restated(['two'], 500), fixed, answer())).toBe(true);
  expect(isAffected(restated(['one']), queryKeys.series('one'), {})).toBe(true);
});

test('jobs touch the list of jobs and the sources, no chart', () => {
  const job: FeedEvent = { seq: 1, at: T0, kind: 'job', payload: { id: 'j', kind: 'archive-tail', state: 'running' } };
  expect(isAffected(job, queryKeys.jobs(), undefined)).toBe(true);
  expect(isAffected(job, queryKeys.sources(), undefined)).toBe(true);
  expect(isAffected(job, moving, answer())).toBe(false);
  expect(isAffected(job, queryKeys.sparklines(['one'], '24h'), undefined)).toBe(false);
});

test('sparklines are touched by any of their series', () => {
  const data = { results: [{ seriesId: 'gone', problem: 'no such series' }, answer()] };
  const key = queryKeys.sparklines(['gone', 'one'], '24h');
  expect(isAffected(landed('streams', T0, T0 + HOUR), key, data)).toBe(true);
  expect(isAffected(landed('host', T0, T0 + HOUR), key, data)).toBe(false);
});

const published = (series: string, window: string): FeedEvent => ({
  seq: 1,
  at: T0,
  kind: 'window',
  payload: { series, source: 'streams', window, state: 'published' },
});

test('a published window touches its own picture and the list of builds, nothing else', () => {
  const key = queryKeys.latest('one', '1h', 100);
  expect(isAffected(published('one', '1h'), key, latest())).toBe(true);
  expect(isAffected(published('one', '1d'), key, latest())).toBe(false);
  expect(isAffected(published('two', '1h'), key, latest())).toBe(false);
  expect(isAffected(published('one', '1h'), queryKeys.publications(), undefined)).toBe(true);
  expect(isAffected(published('one', '1h'), moving, answer())).toBe(false);
  expect(isAffected(published('one', '1h'), queryKeys.sources(), undefined)).toBe(false);
  expect(isAffected(published('one', '1h'), queryKeys.coverage('one', 'UTC'), undefined)).toBe(false);
});

test('samples touch a picture that is computed for each answer, not one that is published', () => {
  const key = queryKeys.latest('one', '1h', 100);
  const event = landed('streams', T0, T0 + HOUR);
  expect(isAffected(event, key, latest())).toBe(false);
  expect(isAffected(event, key, latest({ meta: meta({ source: 'ladder' }) }))).toBe(true);
  expect(isAffected(landed('host', T0, T0 + HOUR), key, latest({ meta: meta({ source: 'ladder' }) }))).toBe(false);
  expect(isAffected(event, queryKeys.devices(), undefined)).toBe(true);
});

test('what is no event of the feed is dropped', () => {
  expect(readFeedEvent('{')).toBeUndefined();
  expect(readFeedEvent('{"kind":"other","payload":{}}')).toBeUndefined();
  expect(readFeedEvent(JSON.stringify(restated(['one'])))).toEqual(restated(['one']));
});

/** A cache with a clock that is turned by hand. */
function handCache() {
  let time = 0;
  let timers: { at: number; action: () => void }[] = [];
  const refetched: number[] = [];
  const cache = {
    fetching: false,
    refetch: () => void refetched.push(time),
    isFetching: () => cache.fetching,
    now: () => time,
    after: (delay: number, action: () => void) => {
      const timer = { at: time + delay, action };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  const pass = (milliseconds: number): void => {
    const end = time + milliseconds;
    for (;;) {
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      time = next.at;
      timers = timers.filter((other) => other !== next);
      next.action();
    }
    time = end;
  };
  return { cache, pass, refetched };
}

test('a burst of events is one refetch, and the next waits for its pause', () => {
  const { cache, pass, refetched } = handCache();
  const refetcher = new Refetcher(cache);
  for (let time = 0; time < 3_000; time += 10) {
    refetcher.changed('query', 1_000);
    pass(10);
  }
  pass(2_000);
  expect(refetched).toHaveLength(4);
  expect(Math.min(...refetched.slice(1).map((at, index) => at - (refetched[index] as number)))).toBeGreaterThanOrEqual(
    1_000,
  );
});

test('an event that comes while an answer is on its way is not lost', () => {
  const { cache, pass, refetched } = handCache();
  const refetcher = new Refetcher(cache);
  cache.fetching = true;
  refetcher.changed('query', 1_000);
  pass(500);
  expect(refetched).toEqual([]);
  cache.fetching = false;
  pass(200);
  expect(refetched).toHaveLength(1);
});
