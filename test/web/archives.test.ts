import { expect, test } from 'vitest';
import type { JobBody } from '../../web/src/api/bodies.ts';
import { backfillSpan } from '../../web/src/archives/backfill-span.ts';
import {
  doneRatio,
  foldRoutine,
  jobSpan,
  jobTitle,
  progressText,
  resultText,
} from '../../web/src/archives/job-progress.ts';
import { monthsOf, sharesOf } from '../../web/src/series/coverage-months.ts';
import { DAY, T0 } from './answers.ts';

const job = (more: Partial<JobBody> = {}): JobBody => ({
  id: 'j',
  kind: 'archive-backfill',
  input: { archive: 'streams' },
  state: 'running',
  cancelRequested: false,
  progress: { done: 25, total: 100, unit: 'objects', rate: 12.3, endsAt: T0 + 61_000, note: '' },
  result: null,
  error: null,
  attempts: 1,
  createdAt: T0,
  startedAt: T0,
  finishedAt: null,
  ...more,
});

test('progress is told with pace and end', () => {
  expect(progressText(job(), T0)).toBe('25 of 100 objects · 12/s · 1 min 1 s left');
  expect(doneRatio(job())).toBe(0.25);
});

test('work of unknown size has no ratio', () => {
  const progress = { done: 25, total: null, unit: 'objects', rate: 0.5, endsAt: null, note: '' };
  expect(progressText(job({ progress }), T0)).toBe('25 objects · 0.5/s');
  expect(doneRatio(job({ progress }))).toBeUndefined();
});

test('jobs are named by what they do', () => {
  expect(jobTitle(job())).toBe('Backfill streams');
  expect(jobTitle(job({ kind: 'new-kind', input: {} }))).toBe('new kind');
  expect(jobSpan(job({ input: { from: T0, to: T0 + DAY } }))).toEqual({ from: T0, to: T0 + DAY });
});

test('results are told without zeros', () => {
  expect(resultText({ listed: 8_465, failed: 0, rejectedRows: 2, more: { deep: 1 } })).toBe(
    'listed 8,465 · rejected rows 2',
  );
  expect(resultText({ listed: 0 })).toBe('nothing new');
  expect(resultText(null)).toBe('');
});

test('routine runs that went well are folded, failures never', () => {
  const tail = (id: string, state: JobBody['state']) => job({ id, kind: 'archive-tail', state });
  const { shown, folded } = foldRoutine([tail('a', 'succeeded'), tail('b', 'failed'), tail('c', 'succeeded'), job()]);
  expect(shown.map(({ id }) => id)).toEqual(['a', 'b', 'j']);
  expect(folded).toBe(1);
});

test('both days of a backfill are included', () => {
  expect(backfillSpan('2026-11-01', '2026-11-02', false)).toEqual({
    from: '2026-11-01T00:00:00Z',
    to: '2026-11-03T00:00:00Z',
  });
  expect(backfillSpan('', '', true)).toEqual({ retryFailed: true });
  expect(backfillSpan('2026-11-02', '2026-11-01', false)).toHaveProperty('problem');
});

test('days are laid out by month', () => {
  const day = (date: string) => ({
    date,
    from: 0,
    to: DAY,
    have: DAY,
    empty: 0,
    failed: 0,
    neverAsked: 0,
    notClosed: 0,
  });
  const months = monthsOf(['2026-10-31', '2026-11-01', '2026-11-02'].map(day));
  expect(months.map(({ month, days }) => [month, days.length])).toEqual([
    ['2026-10', 1],
    ['2026-11', 2],
  ]);
});

test('shares of a day add up and leave out what is not there', () => {
  const shares = sharesOf({ have: 18, empty: 0, failed: 6, neverAsked: 0, notClosed: 0 });
  expect(shares).toEqual([
    { state: 'have', part: 0.75 },
    { state: 'failed', part: 0.25 },
  ]);
  expect(sharesOf({ have: 0, empty: 0, failed: 0, neverAsked: 0, notClosed: 0 })).toEqual([]);
});
