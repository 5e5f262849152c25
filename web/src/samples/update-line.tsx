import type { Granularity } from '../../../src/domain/windows.ts';
import type { LatestBody } from '../api/bodies.ts';
import { versionAddress } from '../api/samples-queries.ts';
import { useNow } from '../live/use-now.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { StateDot } from '../parts/state-dot.tsx';
import type { Tone } from '../series/freshness.ts';
import { clockTimeWithSeconds, moment, sameDay } from '../time/format-time.ts';
import { type UpdateState, updateStateOf, updateText } from './update-state.ts';

interface UpdateLineProps {
  readonly latest: LatestBody | undefined;
  readonly samples: Granularity;
  readonly zone: string;
}

const TONES: Readonly<Record<UpdateState, Tone>> = {
  current: 'ok',
  waiting: 'ok',
  computed: 'ok',
  stale: 'late',
  fallback: 'failing',
};

const VERSION_END = 8;

/** How old the picture is, when the next comes, which version it is and up to when it is complete. It ticks by itself. */
export function UpdateLine({ latest, samples, zone }: UpdateLineProps) {
  const now = useNow(1_000);
  if (!latest) return <Skeleton className="mt-3.5 mb-1 h-3.5 w-md max-w-full" />;
  const { meta, series } = latest;
  const state = updateStateOf(meta, now);
  const { versionId, watermark, window } = meta;
  const complete =
    watermark !== null &&
    (sameDay(watermark, now, zone) ? clockTimeWithSeconds(watermark, zone) : moment(watermark, zone, now));
  return (
    <p data-update={state} className="mt-3 flex items-baseline gap-1.5 text-sm text-ink-2">
      <span className="translate-y-px">
        <StateDot tone={TONES[state]} />
      </span>
      <span className="min-w-0 wrap-anywhere">
        {updateText(meta, now)}
        {state === 'waiting' && ' · newer samples wait for it'}
        {complete !== false && ` · complete to ${complete}`}
        {versionId !== null && window !== null && (
          <>
            {' · version '}
            <a
              href={versionAddress(series.id, window, samples, versionId)}
              title={`Version ${versionId} as JSON, while it is kept`}
              className="rounded font-mono text-xs underline decoration-line-strong underline-offset-4 hover:decoration-accent"
            >
              {versionId.slice(-VERSION_END)}
            </a>
          </>
        )}
      </span>
    </p>
  );
}
