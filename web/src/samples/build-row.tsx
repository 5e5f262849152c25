import { Clock3, Hourglass, TriangleAlert } from 'lucide-react';
import { Link } from 'wouter';
import type { PublicationBody } from '../api/bodies.ts';
import type { Instant } from '../time/spans.ts';
import { type BuildTrouble, durationText, troubleText } from './build-state.ts';

interface BuildRowProps {
  readonly publication: PublicationBody;
  readonly trouble: BuildTrouble;
  readonly zone: string;
  readonly now: Instant;
}

const LOOKS = {
  failing: { Icon: TriangleAlert, ink: 'text-fail-ink' },
  behind: { Icon: Clock3, ink: 'text-late-ink' },
  slow: { Icon: Hourglass, ink: 'text-late-ink' },
} as const;

export function BuildRow({ publication, trouble, zone, now }: BuildRowProps) {
  const { series, window, buildDuration, reason } = publication;
  const { Icon, ink } = LOOKS[trouble];
  return (
    <li data-trouble={trouble} className="border-b border-line last:border-0">
      <Link
        href={`/samples/${series.id}?window=${window}&samples=100`}
        className="flex items-baseline gap-2 px-4 py-2 hover:bg-hover"
      >
        <Icon size={14} aria-hidden className={`shrink-0 translate-y-0.5 ${ink}`} />
        <span className="min-w-0 flex-1">
          <span className="wrap-anywhere">
            {series.title || series.metric} <span className="text-ink-3">of {series.source}</span>, {window}
          </span>
          <span className={`block text-xs wrap-anywhere ${ink}`}>
            {troubleText(publication, trouble, zone, now)}
            {reason !== null && <span className="text-ink-2">: {reason}</span>}
          </span>
        </span>
        {buildDuration !== null && (
          <span className="shrink-0 text-xs text-ink-3" title="Duration of the newest good build">
            {durationText(buildDuration)}
          </span>
        )}
      </Link>
    </li>
  );
}
