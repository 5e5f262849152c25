import type { SourceBody } from '../api/bodies.ts';
import { StateDot } from '../parts/state-dot.tsx';
import { freshnessOf } from '../series/freshness.ts';
import type { Instant } from '../time/spans.ts';
import { ArchiveCoverage } from './archive-coverage.tsx';
import { BackfillDialog } from './backfill-dialog.tsx';

interface ArchivePanelProps {
  readonly archive: SourceBody;
  readonly zone: string;
  readonly now: Instant;
}

export function ArchivePanel({ archive, zone, now }: ArchivePanelProps) {
  const { tone, parts, reason } = freshnessOf(archive.refresh, archive.watermark, archive, zone, now);
  return (
    <section aria-label={archive.name} className="rounded-lg border border-line bg-panel">
      <header className="flex items-start gap-2 border-b border-line px-4 py-3">
        <span className="mt-1.5 inline-flex">
          <StateDot tone={tone} />
        </span>
        <div className="min-w-0 flex-1">
          <h2 className="font-medium">{archive.name}</h2>
          <p className="font-mono text-xs text-ink-3 wrap-anywhere">{archive.location}</p>
          <p className={`mt-1 text-sm wrap-anywhere ${tone === 'late' ? 'text-late-ink' : 'text-ink-2'}`}>
            {parts.filter((part) => !part.startsWith('reads ')).join(' · ')}
          </p>
          {reason !== undefined && <p className="text-sm text-fail-ink wrap-anywhere">{reason}</p>}
        </div>
        <BackfillDialog archive={archive} zone={zone} now={now} />
      </header>
      <ArchiveCoverage archive={archive.name} zone={zone} now={now} />
    </section>
  );
}
