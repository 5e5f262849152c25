import { WAITS_FOR_BUILD, WINDOWS } from '../../../src/domain/windows.ts';
import type { LatestMeta } from '../api/bodies.ts';
import { lengthText, moment } from '../time/format-time.ts';
import { type Instant, SECOND } from '../time/spans.ts';

/**
 * How a picture of a window stands: as published; waiting for its turn to be built again, which is no trouble; stale, which is; the last
 * resort of a device; or computed for this answer because nothing is published.
 */
export type UpdateState = 'current' | 'waiting' | 'stale' | 'fallback' | 'computed';

export function updateStateOf(meta: LatestMeta, now: Instant): UpdateState {
  if (meta.source === 'fallback') return 'fallback';
  if (meta.stale) return isWaiting(meta, now) ? 'waiting' : 'stale';
  return meta.source === 'ladder' ? 'computed' : 'current';
}

/** A build that is due takes its turn and its time. */
const GRACE = 5 * SECOND;

/** Long windows are built rarely: that newer samples wait is news only once the build is due and does not come. */
function isWaiting({ window, generatedAt, staleSince, reason }: LatestMeta, now: Instant): boolean {
  if (window === null || reason !== WAITS_FOR_BUILD) return false;
  const due = Math.max(generatedAt + WINDOWS[window].buildEvery, staleSince ?? generatedAt);
  return now < due + GRACE;
}

/** When the next version comes, as far as that is known: by its pace, by the window moving on, or with what the device sends. */
function nextText({ window, generatedAt, expiresAt, count }: LatestMeta, now: Instant): string {
  const earliest = window === null ? now : generatedAt + WINDOWS[window].buildEvery;
  if (earliest > now) return `next in ${lengthText(Math.max(SECOND, earliest - now))}`;
  if (count === 0 || expiresAt === null) return 'next with new samples';
  if (expiresAt <= now) return 'the next is due';
  return `next with new samples, or in ${lengthText(Math.max(SECOND, expiresAt - now))}`;
}

/** `last updated 12 s ago · next in 18 s`. */
export function updateText(meta: LatestMeta, now: Instant): string {
  const ago = agoText(meta.generatedAt, now);
  if (meta.source === 'ladder') return `computed ${ago}`;
  return meta.source === 'published' ? `last updated ${ago} · ${nextText(meta, now)}` : `last updated ${ago}`;
}

export const agoText = (instant: Instant, now: Instant): string =>
  now - instant < SECOND ? 'just now' : `${lengthText(now - instant)} ago`;

/** Why the picture is not what it should be, in a sentence; undefined when it is. */
export function staleText(meta: LatestMeta, zone: string, now: Instant): string | undefined {
  const state = updateStateOf(meta, now);
  const since = meta.staleSince ?? meta.generatedAt;
  const reason = meta.reason === null ? '' : `: ${meta.reason}`;
  if (state === 'stale') return `stale since ${moment(since, zone, now)}, for ${lengthText(now - since)}${reason}`;
  if (state !== 'fallback') return undefined;
  return `last-resort data of the device, of ${moment(meta.generatedAt, zone, now)}${reason}`;
}
