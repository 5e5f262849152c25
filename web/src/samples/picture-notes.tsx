import type { ReactNode } from 'react';
import type { LatestMeta } from '../api/bodies.ts';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { moment } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import type { RefreshState } from './refresh-state.ts';
import { staleText } from './update-state.ts';

interface PictureNotesProps {
  readonly meta: LatestMeta;
  readonly refresh: RefreshState;
  readonly error: unknown;
  readonly receivedAt: Instant;
  readonly zone: string;
  readonly now: Instant;
}

/** What a reader must know before trusting the picture: most of the time nothing. */
export function PictureNotes({ meta, refresh, error, receivedAt, zone, now }: PictureNotesProps) {
  const stale = staleText(meta, zone, now);
  return (
    <>
      {error != null && <StaleBanner error={error} answeredAt={receivedAt} zone={zone} now={now} />}
      {refresh.phase === 'failed' && (
        <Note look="fail">
          <span className="font-medium">The refresh failed:</span> {refresh.reason}. The picture of{' '}
          {moment(meta.generatedAt, zone, now)} stays.
        </Note>
      )}
      {stale !== undefined && <Note look={meta.source === 'fallback' ? 'fail' : 'late'}>{stale}</Note>}
    </>
  );
}

const LOOKS = {
  late: 'border-late/30 bg-late-soft text-late-ink',
  fail: 'border-fail/35 bg-fail-soft text-fail-ink',
} as const;

function Note({ look, children }: { readonly look: keyof typeof LOOKS; readonly children: ReactNode }) {
  return (
    <p role="status" className={`border-b px-4 py-1 text-xs wrap-anywhere ${LOOKS[look]}`}>
      {children}
    </p>
  );
}
