import type { RangeBody, SourceBody } from '../api/bodies.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { StateDot } from '../parts/state-dot.tsx';
import type { Instant } from '../time/spans.ts';
import { freshnessOf } from './freshness.ts';

interface FreshnessLineProps {
  readonly answer: RangeBody | undefined;
  readonly source: SourceBody | undefined;
  readonly zone: string;
  readonly now: Instant;
}

const INK = {
  ok: 'text-ink-2',
  idle: 'text-ink-2',
  running: 'text-ink-2',
  late: 'text-late-ink',
  failing: 'text-fail-ink',
} as const;

export function FreshnessLine({ answer, source, zone, now }: FreshnessLineProps) {
  if (!answer) return <Skeleton className="mt-3.5 mb-1 h-3.5 w-md max-w-full max-sm:h-13" />;
  // The source is told of every attempt; an answer knows only the state of its own moment.
  const refresh = source?.refresh ?? answer.envelope.refresh;
  const watermark = source?.watermark ?? answer.envelope.watermark;
  const { tone, parts, reason } = freshnessOf(refresh, watermark, source, zone, now);
  return (
    <p data-tone={tone} className={`mt-3 flex items-baseline gap-1.5 text-sm ${INK[tone]}`}>
      <span className="translate-y-px">
        <StateDot tone={tone} />
      </span>
      <span className="min-w-0 wrap-anywhere">
        {parts.join(' · ')}
        {reason !== undefined && <span className="block">{reason}</span>}
      </span>
    </p>
  );
}
