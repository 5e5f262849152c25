import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { sourcesQuery } from '../api/queries.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useTitle } from '../shell/use-title.ts';
import { FirstRunCard } from './first-run-card.tsx';
import { SearchBox } from './search-box.tsx';
import { SeriesCount } from './series-count.tsx';
import { SeriesSection } from './series-section.tsx';
import { SourceCards } from './source-cards.tsx';
import { SourceFilter } from './source-filter.tsx';

export function OverviewPage() {
  useTitle(undefined);
  const sources = useQuery(sourcesQuery());
  const [typed, setTyped] = useState('');
  const [only, setOnly] = useState<string>();
  const search = useDeferredValue(typed.trim());
  const names = sources.data?.sources.map(({ name }) => name) ?? [];
  const shown = sources.data?.sources.filter(
    ({ name }) => only === undefined || name === only || !names.includes(only),
  );
  const firstRun = sources.data?.sources.every(({ kind }) => kind === 'host') ?? false;
  return (
    <>
      <h1 className="sr-only">Overview</h1>
      <section aria-label="Sources" className="pt-6">
        {sources.error && !sources.data ? (
          <ProblemNote
            what="The sources could not be read"
            error={sources.error}
            onRetry={() => void sources.refetch()}
          />
        ) : (
          <SourceCards sources={sources.data?.sources} error={sources.error} readAt={sources.dataUpdatedAt} />
        )}
      </section>
      {firstRun && <FirstRunCard />}
      <section aria-label="Series" className="pt-8">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 className="text-lg font-semibold tracking-tight">
            Series <SeriesCount />
          </h2>
          <SourceFilter names={names} only={only} onChange={setOnly} />
          <SearchBox value={typed} onChange={setTyped} />
        </div>
        {shown?.map(({ name, dataFrom }) => (
          <SeriesSection key={name} source={name} dataFrom={dataFrom} search={search} />
        ))}
      </section>
    </>
  );
}
