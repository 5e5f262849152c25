import type { EnvelopeBody, RangeBody, RangePoint, SourceBody } from '../../web/src/api/bodies.ts';

export const T0 = Date.UTC(2026, 10, 23, 10);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const point = (t: number, value = 1, more: Partial<RangePoint> = {}): RangePoint => ({
  t,
  value,
  avg: value,
  min: value - 1,
  max: value + 1,
  sum: value * 2,
  count: 2,
  ...more,
});

const refresh: EnvelopeBody['refresh'] = {
  state: 'scheduled',
  jobId: null,
  since: null,
  lastError: null,
  nextAttemptAt: null,
};

export function envelope(more: Partial<EnvelopeBody> = {}): EnvelopeBody {
  return {
    asOf: T0,
    watermark: T0,
    coverage: { have: HOUR, empty: 0, failed: 0, neverAsked: 0, notClosed: 0, ratio: 1, dataFrom: 0, dataTo: T0 },
    missing: [],
    missingOmitted: 0,
    partial: [],
    segments: [],
    version: 1,
    refresh,
    ...more,
  };
}

/** An answer of hourly buckets over [T0, T0 + 6 h) unless told otherwise. */
export function answer(more: Partial<RangeBody> = {}): RangeBody {
  return {
    series: {
      id: 'one',
      metric: 'viewers',
      labels: {},
      title: 'Viewers',
      kind: 'gauge',
      unit: 'viewers',
      source: 'streams',
      interval: MINUTE,
      version: 1,
      lastAt: T0,
    },
    start: T0,
    end: T0 + 6 * HOUR,
    step: HOUR,
    zone: 'UTC',
    aggregate: 'avg',
    totalSamples: 12,
    overall: { avg: 3, min: 1, max: 5, sum: 36, count: 12 },
    points: [],
    envelope: envelope(),
    ...more,
  };
}

export function source(more: Partial<SourceBody> = {}): SourceBody {
  return {
    name: 'streams',
    kind: 'archive',
    location: 's3://bucket/prefix',
    interval: MINUTE,
    dataFrom: 0,
    dataTo: T0,
    watermark: T0,
    closedTo: null,
    lastAttemptAt: null,
    lastSuccessAt: null,
    refresh,
    thisHour: { expected: 60, have: 57 },
    text: '',
    ...more,
  };
}
