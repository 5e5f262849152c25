import type { SeriesCoverageBody } from '../api/bodies.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import type { Instant, Span } from '../time/spans.ts';
import { CoverLegend } from './cover-legend.tsx';
import { CoverageStrip } from './coverage-strip.tsx';

interface CoveragePanelProps {
  readonly body: SeriesCoverageBody | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly now: Instant;
  readonly shown: Span;
  readonly onPick: (span: Span) => void;
}

export function CoveragePanel({ body, error, onRetry, now, shown, onPick }: CoveragePanelProps) {
  return (
    <Panel title="Coverage" aside={<CoverLegend />} className="mt-3">
      <div className="px-4 py-3">
        {error != null && <ProblemNote what="The coverage could not be read" error={error} onRetry={onRetry} />}
        {body && <p className="text-sm text-ink-2">{body.text}</p>}
        {body && <CoverageStrip days={body.days} zone={body.zone} now={now} shown={shown} onPick={onPick} />}
        {!body && error == null && (
          <div role="status" aria-label="Loading">
            <Skeleton className="my-1 h-3.5 w-80 max-w-full" />
            <Skeleton className="mt-4 h-16 w-full opacity-50" />
          </div>
        )}
      </div>
    </Panel>
  );
}
