import type {
  DeviceBody,
  LatestBody,
  LatestMeta,
  PublicationBody,
  RefreshStateBody,
} from '../../web/src/api/bodies.ts';
import { answer, envelope, HOUR, MINUTE, T0 } from './answers.ts';

export const SECOND = 1_000;

export const meta = (more: Partial<LatestMeta> = {}): LatestMeta => ({
  source: 'published',
  window: '1h',
  granularity: 20,
  generatedAt: T0,
  expiresAt: T0 + 30 * SECOND,
  versionId: '0001',
  count: 20,
  checksum: null,
  watermark: T0,
  stale: false,
  staleSince: null,
  reason: null,
  ...more,
});

export const segment = (
  t: number,
  to: number,
  avg = 1,
  more: Partial<LatestBody['points'][number]> = {},
): LatestBody['points'][number] => ({ t, to, avg, min: avg - 1, max: avg + 1, count: 1, ...more });

/** The hour before T0 in twenty segments of three minutes. */
export const latest = (more: Partial<LatestBody> = {}): LatestBody => ({
  meta: meta(),
  series: { ...answer().series, id: 'one', metric: 'temperature', title: '', unit: '°C', interval: null },
  from: T0 - HOUR,
  to: T0,
  segments: 20,
  samples: 0,
  points: [],
  envelope: envelope(),
  ...more,
});

export const device = (more: Partial<DeviceBody> = {}): DeviceBody => ({
  name: 'greenhouse',
  state: 'live',
  firstSampleAt: T0 - 48 * HOUR,
  lastSampleAt: T0,
  lastSeenAt: T0,
  cadence: 10 * SECOND,
  samplesPerMinute: 6,
  clockSkew: 0,
  series: 2,
  coverage: 1,
  gaps: [],
  gapsOmitted: 0,
  lastError: null,
  ...more,
});

export const refreshBody = (more: Partial<RefreshStateBody> = {}): RefreshStateBody => ({
  requestId: 'r1',
  state: 'queued',
  series: 'one',
  window: '1h',
  progress: null,
  eta: null,
  queuedAt: T0,
  startedAt: null,
  finishedAt: null,
  versions: [],
  error: null,
  links: { self: '/api/samples/refresh/r1', events: '/api/samples/refresh/r1', result: '/api/samples/latest' },
  ...more,
});

export const publication = (more: Partial<PublicationBody> = {}): PublicationBody => ({
  series: latest().series,
  window: '1h',
  granularities: [20],
  versionId: '0001',
  generatedAt: T0,
  expiresAt: T0 + MINUTE,
  to: T0,
  samples: 10,
  buildDuration: 12,
  behind: false,
  failingSince: null,
  failures: 0,
  reason: null,
  ...more,
});
