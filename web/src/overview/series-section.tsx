import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import type { SeriesListBody, SourceBody } from '../api/bodies.ts';
import { useNow } from '../live/use-now.ts';
import { Button } from '../parts/button.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { chunksOf } from './chunks.ts';
import { ROW_GRID } from './row-grid.ts';
import { RowSkeletons } from './row-skeletons.tsx';
import { SeriesChunk } from './series-chunk.tsx';
import { sparkWindow } from './spark-window.ts';
import { useReached } from './use-reached.ts';

interface SeriesSectionProps {
  readonly source: SourceBody;
  readonly search: string;
  readonly query: UseInfiniteQueryResult<InfiniteData<SeriesListBody>>;
}

/** The series of one source, read page by page as the reader comes to them. */
export function SeriesSection({ source, search, query }: SeriesSectionProps) {
  const id = useId();
  const [open, setOpen] = useState(true);
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const end = useReached(open && hasNextPage && !isFetchingNextPage, () => void fetchNextPage());
  const spark = sparkWindow(source.dataFrom, useNow(60_000));
  const series = data?.pages.flatMap((page) => page.series) ?? [];
  if (search !== '' && data && series.length === 0) return null;
  return (
    <section aria-labelledby={id} className="mt-4 overflow-clip rounded-lg border border-line bg-panel">
      <div className={`sticky top-12 z-10 border-b border-line bg-panel px-4 py-2 text-xs text-ink-3 ${ROW_GRID}`}>
        <h3 id={id} className="min-w-0 text-sm font-medium text-ink">
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="flex max-w-full items-center gap-1.5"
          >
            <ChevronRight
              size={14}
              aria-hidden
              className={`shrink-0 text-ink-3 transition-transform ${open ? 'rotate-90' : ''}`}
            />
            <span className="truncate">{source.name}</span>
          </button>
        </h3>
        <span aria-hidden className="truncate">
          {spark.label}
        </span>
        <span aria-hidden className="text-right">
          last
        </span>
        <span aria-hidden className="text-right max-lg:hidden">
          min – max
        </span>
        <span aria-hidden className="max-lg:hidden">
          coverage
        </span>
      </div>
      {open && (
        <>
          {query.error && series.length === 0 && (
            <div className="p-3">
              <ProblemNote
                what="The series could not be read"
                error={query.error}
                onRetry={() => void query.refetch()}
              />
            </div>
          )}
          {query.isPending && <RowSkeletons rows={5} />}
          {data && series.length === 0 && (
            <p className="px-4 py-6 text-sm text-ink-3">Nothing has arrived from this source yet.</p>
          )}
          {chunksOf(series).map((chunk, index) => (
            <SeriesChunk key={chunk[0]?.id} series={chunk} spark={spark} first={index === 0} />
          ))}
          {hasNextPage && (
            <div ref={end} className="flex items-center justify-center border-t border-line py-2">
              <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {isFetchingNextPage ? 'Reading more…' : 'Show more'}
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
