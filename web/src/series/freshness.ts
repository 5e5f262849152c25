import type { RefreshBody, SourceBody } from '../api/bodies.ts';
import { lengthText, moment } from '../time/format-time.ts';
import { type Instant, MINUTE } from '../time/spans.ts';

export type Tone = 'ok' | 'running' | 'late' | 'failing' | 'idle';

export interface Freshness {
  readonly tone: Tone;
  readonly parts: readonly string[];
  /** Why it fails, when it does. */
  readonly reason: string | undefined;
}

/** Until when silence is no news: a few samples, or twice the usual distance of two reads. */
function patienceWith({ interval, lastAttemptAt, refresh: { nextAttemptAt } }: SourceBody): number {
  const cadence = lastAttemptAt !== null && nextAttemptAt !== null ? nextAttemptAt - lastAttemptAt : 0;
  return Math.max(5 * MINUTE, 3 * (interval ?? 0), 2 * cadence);
}

/** Late is only what is expected: a source with nothing planned has said all it will say. */
export function toneOf(refresh: RefreshBody, source: SourceBody | undefined, now: Instant): Tone {
  if (refresh.state === 'failing') return 'failing';
  if (refresh.state === 'running') return 'running';
  const watermark = source?.watermark ?? null;
  const isFresh = source !== undefined && watermark !== null && now - watermark <= patienceWith(source);
  if (refresh.state === 'idle') return isFresh ? 'ok' : 'idle';
  const isOverdue = refresh.nextAttemptAt !== null && now - refresh.nextAttemptAt > 2 * MINUTE;
  const isBehind = source?.thisHour != null && watermark !== null && !isFresh;
  return isOverdue || isBehind ? 'late' : 'ok';
}

/** How fresh a series is, in plain words and in the zone of the viewer. */
export function freshnessOf(
  refresh: RefreshBody,
  watermark: Instant | null,
  source: SourceBody | undefined,
  zone: string,
  now: Instant,
): Freshness {
  const tone = toneOf(refresh, source, now);
  const parts = [watermark === null ? 'nothing has arrived yet' : `complete to ${moment(watermark, zone, now)}`];
  if (tone === 'late' && watermark !== null) parts.push(`${lengthText(now - watermark)} behind`);
  if (source?.thisHour) parts.push(`${source.thisHour.have}/${source.thisHour.expected} samples this hour`);
  if (source && source.kind !== 'push') parts.push(`reads ${source.location}`);
  if (refresh.state === 'running') {
    parts.push(refresh.since === null ? 'reading now' : `reading since ${moment(refresh.since, zone, now)}`);
  }
  if (refresh.state === 'failing' && refresh.since !== null) {
    parts.push(`failing since ${moment(refresh.since, zone, now)}`);
  }
  if (refresh.nextAttemptAt !== null && refresh.state !== 'running') {
    parts.push(`next try ${moment(refresh.nextAttemptAt, zone, now)}`);
  }
  return { tone, parts, reason: tone === 'failing' ? (refresh.lastError ?? 'no reason was given') : undefined };
}
