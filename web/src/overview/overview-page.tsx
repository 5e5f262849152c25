import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { sourcesQuery } from '../api/queries.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useTitle } from '../shell/use-title.ts';
import { FirstRunCard } from './first-run-card.tsx';
import { OverviewSkeleton } from './overview-skeleton.tsx';
import { SearchBox } from './search-box.tsx';
import { SeriesCount } from './series-count.tsx';
import { SeriesSections } from './series-sections.tsx';
import { SourceCards } from './source-cards.tsx';
import { SourceFilter } from './source-filter.tsx';

export function OverviewPage() {
  useTitle(undefined);
  const sources = useQuery(sourcesQuery());
  const [typed, setTyped] = useState('');
  const [only, setOnly] = useState<string>();
  const search = useDeferredValue(typed.trim());
  const known = sources.data?.sources;
  if (!known) {
    return (
      <>
        <h1 className="sr-only">Overview</h1>
        {sources.error ? (
          <div className="pt-6">
            <ProblemNote
              what="The sources could not be read"
              error={sources.error}
              onRetry={() => void sources.refetch()}
            />
          </div>
        ) : (
          <OverviewSkeleton />
        )}
      </>
    );
  }
  const names = known.map(({ name }) => name);
  const shown = known.filter(({ name }) => only === undefined || name === only || !names.includes(only));
  return (
    <>
      <h1 className="sr-only">Overview</h1>
      <section aria-label="Sources" className="pt-6">
        <SourceCards sources={known} error={sources.error} readAt={sources.dataUpdatedAt} />
      </section>
      {known.every(({ kind }) => kind === 'host') && <FirstRunCard />}
      <section aria-label="Series" className="pt-8">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 className="text-lg font-semibold tracking-tight">
            Series <SeriesCount />
          </h2>
          <SourceFilter names={names} only={only} onChange={setOnly} />
          <SearchBox value={typed} onChange={setTyped} />
        </div>
        <SeriesSections sources={shown} search={search} />
      </section>
    </>
  );
}
