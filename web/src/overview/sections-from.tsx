import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SourceBody } from '../api/bodies.ts';
import { seriesListQuery } from '../api/queries.ts';
import { SeriesSection } from './series-section.tsx';
import { useReached } from './use-reached.ts';

interface SectionsFromProps {
  readonly sources: readonly SourceBody[];
  readonly search: string;
  /** So many sections are read whether or not the reader has come to them. */
  readonly atOnce: number;
}

/** The first section, and those after it as soon as its rows are there: rows that come later would push them down. */
export function SectionsFrom({ sources: [first, ...rest], search, atOnce }: SectionsFromProps) {
  const [reached, setReached] = useState(false);
  const end = useReached(first !== undefined && atOnce <= 0 && !reached, () => setReached(true));
  if (!first) return null;
  if (atOnce <= 0 && !reached) return <div ref={end} className="h-48" />;
  return <SectionAndRest key={first.name} first={first} rest={rest} search={search} atOnce={atOnce - 1} />;
}

interface SectionAndRestProps {
  readonly first: SourceBody;
  readonly rest: readonly SourceBody[];
  readonly search: string;
  readonly atOnce: number;
}

function SectionAndRest({ first, rest, search, atOnce }: SectionAndRestProps) {
  const query = useInfiniteQuery({ ...seriesListQuery(first.name, search), placeholderData: keepPreviousData });
  return (
    <>
      <SeriesSection source={first} search={search} query={query} />
      {!query.isPending && <SectionsFrom sources={rest} search={search} atOnce={atOnce} />}
    </>
  );
}
