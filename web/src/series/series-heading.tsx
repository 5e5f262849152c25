import { ChevronLeft } from 'lucide-react';
import { Link } from 'wouter';
import type { SeriesBody } from '../api/bodies.ts';
import { LabelList } from '../parts/label-list.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { lengthText } from '../time/format-time.ts';

interface SeriesHeadingProps {
  readonly series: SeriesBody | undefined;
  /** Its samples are pushed, so that its latest windows are published. */
  readonly isPushed: boolean;
}

export function SeriesHeading({ series, isPushed }: SeriesHeadingProps) {
  return (
    <header>
      <Link href="/" className="-ml-1 inline-flex items-center gap-0.5 rounded text-xs text-ink-3 hover:text-ink">
        <ChevronLeft size={14} aria-hidden />
        All series
      </Link>
      {series ? (
        <>
          <div className="mt-1 flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{series.title || series.metric}</h1>
            <p className="text-sm text-ink-3">
              {[
                series.kind,
                series.unit,
                series.interval === null ? 'irregular' : `every ${lengthText(series.interval)}`,
                `from ${series.source}`,
              ]
                .filter((part) => part !== '')
                .join(' · ')}
            </p>
            {isPushed && (
              <Link href={`/samples/${series.id}`} className="rounded text-sm text-accent hover:underline sm:ml-auto">
                Latest windows
              </Link>
            )}
          </div>
          <div className="mt-0.5">
            <LabelList metric={series.metric} labels={series.labels} />
          </div>
        </>
      ) : (
        <>
          <h1 className="sr-only">Series</h1>
          <Skeleton className="mt-2 h-6 w-64 max-w-full" />
          <Skeleton className="mt-2 h-3 w-80 max-w-full" />
        </>
      )}
    </header>
  );
}
