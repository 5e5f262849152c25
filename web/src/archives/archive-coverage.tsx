import { useQuery } from '@tanstack/react-query';
import { useLastGood } from '../api/last-good.ts';
import { coverageQuery, firstSeriesQuery } from '../api/queries.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { CoverLegend } from '../series/cover-legend.tsx';
import { CoverageStrip } from '../series/coverage-strip.tsx';
import type { Instant } from '../time/spans.ts';

interface ArchiveCoverageProps {
  readonly archive: string;
  readonly zone: string;
  readonly now: Instant;
}

/** What is known of an archive, day by day. All its series share it, so the first one is asked. */
export function ArchiveCoverage({ archive, zone, now }: ArchiveCoverageProps) {
  const first = useQuery(firstSeriesQuery(archive));
  const id = first.data?.series[0]?.id;
  const coverage = useQuery({ ...coverageQuery(id ?? '', zone), enabled: id !== undefined });
  const { data } = useLastGood(coverage, archive);
  const error = first.error ?? coverage.error;
  if (first.data && id === undefined) {
    return <p className="px-4 py-3 text-sm text-ink-3">Nothing was read yet. A backfill reads what is there.</p>;
  }
  return (
    <div className="px-4 py-3">
      {error && !data && (
        <ProblemNote
          what="The coverage could not be read"
          error={error}
          onRetry={() => void (first.error ? first.refetch() : coverage.refetch())}
        />
      )}
      {!data && !error && <Skeleton className="h-24 w-full opacity-50" />}
      {data && (
        <>
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
            <p className="text-sm text-ink-2">{data.text}</p>
            <CoverLegend />
          </div>
          <CoverageStrip days={data.days} zone={data.zone} now={now} />
        </>
      )}
    </div>
  );
}
