import type { SourceBody } from '../api/bodies.ts';
import { StateDot } from '../parts/state-dot.tsx';
import { toneOf } from '../series/freshness.ts';
import type { Instant } from '../time/spans.ts';
import { HourBar } from './hour-bar.tsx';

interface SourceCardProps {
  readonly source: SourceBody;
  readonly now: Instant;
}

export function SourceCard({ source, now }: SourceCardProps) {
  const tone = toneOf(source.refresh, source, now);
  return (
    <li
      data-source={source.name}
      className={`flex min-h-32 min-w-0 flex-col rounded-lg border bg-panel px-4 py-3 ${tone === 'failing' ? 'border-fail/40' : 'border-line'}`}
    >
      <div className="flex items-center gap-2">
        <StateDot tone={tone} />
        <h3 className="truncate font-medium">{source.name}</h3>
        <span className="ml-auto shrink-0 text-xs text-ink-3">{source.kind}</span>
      </div>
      <p className="mt-1.5 text-sm text-ink-2 wrap-anywhere">
        <span className={tone === 'late' ? 'text-late-ink' : ''}>{source.text}</span>
      </p>
      {source.refresh.lastError !== null && tone === 'failing' && !source.text.includes(source.refresh.lastError) && (
        <p className="mt-1 text-sm text-fail-ink wrap-anywhere">{source.refresh.lastError}</p>
      )}
      {source.thisHour && <HourBar {...source.thisHour} tone={tone} />}
    </li>
  );
}
