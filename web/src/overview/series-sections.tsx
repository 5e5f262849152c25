import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { SourceBody } from '../api/bodies.ts';
import { seriesListQuery } from '../api/queries.ts';
import { SectionsFrom } from './sections-from.tsx';

/** Devices can be hundreds; the sections below these are read as the reader comes to them. */
const AT_ONCE = 6;

interface SeriesSectionsProps {
  readonly sources: readonly SourceBody[];
  readonly search: string;
}

/** The series of all sources, asked for at once and shown from the top down. */
export function SeriesSections({ sources, search }: SeriesSectionsProps) {
  const client = useQueryClient();
  const names = sources
    .slice(0, AT_ONCE)
    .map(({ name }) => name)
    .join('\n');
  useEffect(() => {
    for (const name of names.split('\n')) void client.prefetchInfiniteQuery(seriesListQuery(name, search));
  }, [client, names, search]);
  return <SectionsFrom sources={sources} search={search} atOnce={AT_ONCE} />;
}
