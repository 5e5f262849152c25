import { type Instant, MINUTE } from '../domain/time.ts';
import { WAITS_FOR_BUILD } from '../domain/windows.ts';
import type { ArtifactMeta } from './artifact.ts';

/** Whether an artifact is what it could be, since when not, and why. */
export interface Staleness {
  readonly stale: boolean;
  readonly staleSince: Instant | null;
  readonly reason: string | null;
  /** When this may become another answer by time alone. */
  readonly until: Instant;
}

/** What is known about an artifact beside itself. */
export interface StalenessEvidence {
  readonly meta: Pick<ArtifactMeta, 'generatedAt' | 'expiresAt'>;
  readonly source: 'published' | 'fallback';
  /** Raw samples in it: one that holds none need not move on. */
  readonly samples: number;
  readonly store:
    | { readonly state: 'unreachable'; readonly since: Instant }
    | { readonly state: 'unknown-series' }
    | {
        readonly state: 'known';
        /** Since when samples are there that it does not hold. */
        readonly behindSince: Instant | null;
        readonly failures: number;
        readonly failingSince: Instant | null;
        readonly reason: string | null;
      };
  readonly isPublisherUp: boolean;
}

/** A window may be built so much later than promised before it counts as stale for that alone. */
const PATIENCE = MINUTE;

export function stalenessOf(evidence: StalenessEvidence, now: Instant): Staleness {
  const { meta, source, store } = evidence;
  const stale = (since: Instant, reason: string): Staleness => ({
    stale: true,
    staleSince: since,
    reason,
    until: Number.POSITIVE_INFINITY,
  });
  if (source === 'fallback')
    return stale(
      meta.generatedAt,
      'the device uploaded this by itself while it could not push; nothing newer is published',
    );
  if (store.state === 'unreachable')
    return stale(store.since, 'the store cannot be reached; this is the last good version');
  if (store.state === 'unknown-series')
    return stale(meta.generatedAt, 'the store does not hold this series any more; this is the last good version');
  if (store.failures > 0) {
    const times = store.failures === 1 ? 'the last build failed' : `the last ${store.failures} builds failed`;
    return stale(
      store.behindSince ?? store.failingSince ?? meta.generatedAt,
      `${times}: ${store.reason ?? 'the reason was not recorded'}`,
    );
  }
  if (store.behindSince !== null) return stale(store.behindSince, waiting(evidence));
  const overdue = meta.expiresAt + PATIENCE;
  if (evidence.samples > 0 && now >= overdue)
    return stale(meta.expiresAt, `it should have moved on; ${waiting(evidence)}`);
  return {
    stale: false,
    staleSince: null,
    reason: null,
    until: evidence.samples > 0 ? overdue : Number.POSITIVE_INFINITY,
  };
}

const waiting = ({ isPublisherUp }: StalenessEvidence): string =>
  isPublisherUp ? WAITS_FOR_BUILD : 'newer samples wait, and the work thread that builds is not running';
