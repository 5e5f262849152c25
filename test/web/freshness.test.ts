import { expect, test } from 'vitest';
import { sparkWindow } from '../../web/src/overview/spark-window.ts';
import { freshnessOf, toneOf } from '../../web/src/series/freshness.ts';
import { DAY, envelope, HOUR, MINUTE, source, T0 } from './answers.ts';

const { refresh } = envelope();

test('says in one line how fresh a series is', () => {
  const planned = { ...refresh, nextAttemptAt: T0 + 3 * MINUTE };
  expect(freshnessOf(planned, T0, source(), 'UTC', T0 + MINUTE)).toEqual({
    tone: 'ok',
    parts: ['complete to 10:00', '57/60 samples this hour', 'reads s3://bucket/prefix', 'next try 10:03'],
    reason: undefined,
  });
});

test('a source that is expected and silent is late, and says how far behind', () => {
  const { tone, parts } = freshnessOf(refresh, T0, source(), 'UTC', T0 + HOUR);
  expect(tone).toBe('late');
  expect(parts).toContain('1 h behind');
});

test('the distance of its reads is a source’s own patience', () => {
  const slow = source({ lastAttemptAt: T0, refresh: { ...refresh, nextAttemptAt: T0 + HOUR } });
  expect(toneOf(slow.refresh, slow, T0 + 50 * MINUTE)).toBe('ok');
});

test('a read that is overdue makes a source late, whatever it holds', () => {
  const overdue = { ...refresh, nextAttemptAt: T0 - 3 * MINUTE };
  expect(toneOf(overdue, source(), T0)).toBe('late');
});

test('where nothing is planned, nothing is late', () => {
  expect(toneOf({ ...refresh, state: 'idle' }, source(), T0 + DAY)).toBe('idle');
});

test('a failing source gives its reason, and stays failing while it reads', () => {
  const failing = { ...refresh, state: 'failing', since: T0, lastError: '403 Forbidden' } as const;
  expect(freshnessOf(failing, T0, source(), 'UTC', T0)).toMatchObject({ tone: 'failing', reason: '403 Forbidden' });
});

test('the sparkline of a young source shows its short life', () => {
  expect(sparkWindow(T0 - 2 * MINUTE, T0)).toMatchObject({ window: '15m', search: '?window=1h' });
  expect(sparkWindow(T0 - 9 * DAY, T0)).toMatchObject({ window: '24h', search: '' });
  expect(sparkWindow(null, T0).window).toBe('24h');
});
