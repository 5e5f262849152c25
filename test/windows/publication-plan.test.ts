import { expect, test } from 'vitest';
import { type Instant, MINUTE, SECOND } from '../../src/domain/time.ts';
import type { Publication } from '../../src/store/publications.ts';
import type { PublishableSeries } from '../../src/store/publishable-series.ts';
import { PublicationPlan, type TrackedWindow } from '../../src/windows/publication-plan.ts';

const AT = 1_000_000_000_000;

const series: PublishableSeries = {
  number: 7,
  org: 1,
  orgId: 'default',
  id: 'seven',
  metric: 'temperature',
  labels: { device: 'attic' },
  title: '',
  kind: 'gauge',
  unit: '',
  source: 'attic',
  interval: null,
  version: 1,
  lastAt: AT,
  sourceKind: 'push',
  changes: 3,
  isPrimary: true,
};

/** As the store has it after so many failures, of which the first was at `AT`. */
const failing = (failures: number): Publication => ({
  window: '1h',
  changes: -1,
  versionId: null,
  generatedAt: null,
  to: null,
  samples: null,
  buildDuration: null,
  failingSince: AT,
  failures,
  reason: 'no room left on the disk',
  leaseUntil: null,
});

function planOf(publications: readonly Publication[], now: Instant): PublicationPlan {
  const plan = new PublicationPlan();
  plan.track(series, { windows: ['1h'], granularities: [20] }, publications, now);
  return plan;
}

test('a window that fails for an hour is tried every five minutes, however often the store tells of it', () => {
  const plan = planOf([], AT);
  let now = AT;
  let failures = 0;
  const pauses: number[] = [];
  for (let tries = 0; tries < 16; tries++) {
    const entry = plan.take(now) as TrackedWindow;
    failures++;
    plan.failed(entry, now);
    // The event of the failure, and those of other windows of the series.
    plan.learn('seven', [failing(failures)], now + 1);
    plan.learn('seven', [failing(failures)], now + SECOND);
    pauses.push((plan.next ?? 0) - now);
    now = plan.next as Instant;
  }
  expect(pauses.slice(0, 6)).toEqual([5, 10, 20, 40, 80, 160].map((seconds) => seconds * SECOND));
  expect(new Set(pauses.slice(6))).toEqual(new Set([5 * MINUTE]));
});

test('a window that somebody else could not build is left alone for a pause from then on', () => {
  const plan = planOf([failing(8)], AT + 60 * MINUTE);
  plan.learn('seven', [failing(9)], AT + 61 * MINUTE);
  expect(plan.next).toBe(AT + 66 * MINUTE);
});

test('a window that was failing when the last process ended is tried at once', () => {
  const now = AT + 60 * MINUTE;
  expect(planOf([failing(20)], now).take(now)?.window).toBe('1h');
});
