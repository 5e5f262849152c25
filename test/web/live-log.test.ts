import { expect, test } from 'vitest';
import type { LogEvent } from '../../web/src/activity/bodies.ts';
import { secondsText, stackedColumns, typesByCount } from '../../web/src/activity/chart-columns.ts';
import {
  EMPTY_LOG,
  MOST_SHOWN,
  matches,
  paused,
  resumed,
  withEvent,
  withPage,
} from '../../web/src/activity/live-log.ts';

const event = (seq: number, over: Partial<LogEvent> = {}): LogEvent => ({
  seq,
  id: `e${seq}`,
  stream: 's',
  type: 'claim',
  actor: 'm1',
  subject: 'a1',
  time: '2026-04-02T10:00:00.000Z',
  attributes: {},
  ...over,
});

const seqs = (events: readonly LogEvent[]): number[] => events.map(({ seq }) => seq);

test('events come on top, each once, and a page overlaps nothing', () => {
  let log = withPage(EMPTY_LOG, [event(3), event(2), event(1)], 3);
  for (const seq of [3, 4, 4, 5, 2]) log = withEvent(log, event(seq));
  expect(seqs(log.shown)).toEqual([5, 4, 3, 2, 1]);
  expect(log.cursor).toBe(5);
});

test('a pause holds what comes, and going on shows it in order', () => {
  let log = paused(withPage(EMPTY_LOG, [event(1)], 1));
  for (const seq of [2, 3]) log = withEvent(log, event(seq));
  expect([seqs(log.shown), log.heldCount]).toEqual([[1], 2]);
  log = resumed(log);
  expect([seqs(log.shown), log.heldCount, log.paused]).toEqual([[3, 2, 1], 0, false]);
});

test('what is held is bounded, what is counted is not', () => {
  let log = paused(withPage(EMPTY_LOG, [event(1)], 1));
  for (let seq = 2; seq <= MOST_SHOWN * 2; seq++) log = withEvent(log, event(seq));
  expect([log.held.length, log.heldCount]).toEqual([MOST_SHOWN, MOST_SHOWN * 2 - 1]);
  log = resumed(log);
  expect([log.shown.length, log.shown[0]?.seq]).toEqual([MOST_SHOWN, MOST_SHOWN * 2]);
});

test('a filter looks at type, ids and names', () => {
  const one = event(1, { type: 'accept', display_name: 'Ada' });
  expect(matches(one, { type: '', who: 'ADA' })).toBe(true);
  expect(matches(one, { type: 'accept', who: 'm1' })).toBe(true);
  expect(matches(one, { type: '', who: 'a1' })).toBe(true);
  expect(matches(one, { type: 'claim', who: '' })).toBe(false);
  expect(matches(one, { type: '', who: 'bob' })).toBe(false);
});

test('a stack puts each type upon those with more', () => {
  const body = {
    totals: { claim: 3, accept: 5 },
    buckets: [
      { timestamp: '2026-04-02T10:00:00.000Z', counts: { claim: 1, accept: 2 } },
      { timestamp: '2026-04-02T11:00:00.000Z', counts: { claim: 2, accept: 3 } },
    ],
  };
  expect(typesByCount(body)).toEqual(['accept', 'claim']);
  expect(stackedColumns(body, typesByCount(body)).slice(1)).toEqual([
    [2, 3],
    [3, 5],
  ]);
});

test.each([
  [null, '–'],
  [0.25, '0.3 s'],
  [45, '45 s'],
  [600, '10 min'],
  [12_600, '3.5 h'],
  [400_000, '4.6 d'],
])('%s seconds are %s', (seconds, text) => expect(secondsText(seconds)).toBe(text));
