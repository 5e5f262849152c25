import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { SourceBody } from '../api/bodies.ts';
import { seriesListQuery } from '../api/queries.ts';
import { SeriesSection } from './series-section.tsx';

interface SectionsFromProps {
  readonly sources: readonly SourceBody[];
  readonly search: string;
}

/** The first section, and those after it as soon as its rows are there: rows that come later would push them down. */
export function SectionsFrom({ sources: [first, ...rest], search }: SectionsFromProps) {
  return first && <SectionAndRest key={first.name} first={first} rest={rest} search={search} />;
}

interface SectionAndRestProps {
  readonly first: SourceBody;
  readonly rest: readonly SourceBody[];
  readonly search: string;
}

function SectionAndRest({ first, rest, search }: SectionAndRestProps) {
  const query = useInfiniteQuery({ ...seriesListQuery(first.name, search), placeholderData: keepPreviousData });
  return (
    <>
      <SeriesSection source={first} search={search} query={query} />
      {!query.isPending && <SectionsFrom sources={rest} search={search} />}
    </>
  );
}
