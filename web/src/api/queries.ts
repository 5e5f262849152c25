import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { isMoving } from '../time/time-window.ts';
import type {
  ConfigurationBody,
  JobListBody,
  QueryResponseBody,
  RangeBody,
  SeriesBody,
  SeriesCoverageBody,
  SeriesListBody,
  ShownHealthBody,
  SourceListBody,
} from './bodies.ts';
import { get, post } from './client.ts';
import { queryKeys, type RangeAsked } from './query-keys.ts';

const SLOW_POLL = 60_000;
const PAGE = 50;

/** Sources are polled too: their texts speak of the next try, and a poll that fails tells of a server that is gone. */
export const sourcesQuery = () =>
  queryOptions({
    queryKey: queryKeys.sources(),
    queryFn: ({ signal }) => get<SourceListBody>('sources', signal),
    refetchInterval: SLOW_POLL,
    meta: { pause: 2_000 },
  });

const listParameters = (source: string, search: string, limit: number): URLSearchParams => {
  const parameters = new URLSearchParams({ limit: String(limit) });
  if (source !== '') parameters.set('source', source);
  if (search !== '') parameters.set('search', search);
  return parameters;
};

export const seriesListQuery = (source: string, search: string) =>
  infiniteQueryOptions({
    queryKey: queryKeys.seriesList(source, search),
    queryFn: ({ signal, pageParam }) => {
      const parameters = listParameters(source, search, PAGE);
      parameters.set('order', 'recent');
      if (pageParam !== null) parameters.set('cursor', pageParam);
      return get<SeriesListBody>(`series?${parameters}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    meta: { pause: 15_000 },
  });

export const seriesCountQuery = () =>
  queryOptions({
    queryKey: queryKeys.seriesCount(),
    queryFn: ({ signal }) => get<SeriesListBody>(`series?${listParameters('', '', 1)}`, signal),
    meta: { pause: 15_000 },
  });

/** Any one series of a source: coverage is known by source, and asked for by series. */
export const firstSeriesQuery = (source: string) =>
  queryOptions({
    queryKey: queryKeys.seriesList(source, ' first'),
    queryFn: ({ signal }) => get<SeriesListBody>(`series?${listParameters(source, '', 1)}`, signal),
    meta: { pause: 15_000 },
  });

export const seriesQuery = (id: string) =>
  queryOptions({
    queryKey: queryKeys.series(id),
    queryFn: ({ signal }) => get<SeriesBody>(`series/${encodeURIComponent(id)}`, signal),
  });

export const rangeQuery = (id: string, asked: RangeAsked) =>
  queryOptions({
    queryKey: queryKeys.range(id, asked),
    queryFn: ({ signal }) => {
      const { shown, samples, zone } = asked;
      const parameters = new URLSearchParams(
        isMoving(shown) ? { window: shown.window } : { from: String(shown.from), to: String(shown.to) },
      );
      parameters.set('samples', String(samples));
      parameters.set('tz', zone);
      return get<RangeBody>(`series/${encodeURIComponent(id)}/range?${parameters}`, signal);
    },
  });

export const coverageQuery = (id: string, zone: string) =>
  queryOptions({
    queryKey: queryKeys.coverage(id, zone),
    queryFn: ({ signal }) =>
      get<SeriesCoverageBody>(`series/${encodeURIComponent(id)}/coverage?${new URLSearchParams({ tz: zone })}`, signal),
    meta: { pause: 5_000 },
  });

const SPARK_SAMPLES = 100;

export const sparklinesQuery = (ids: readonly string[], window: string) =>
  queryOptions({
    queryKey: queryKeys.sparklines(ids, window),
    queryFn: ({ signal }) =>
      post<QueryResponseBody>('series/query', { series: ids, window, samples: SPARK_SAMPLES }, signal),
    meta: { pause: 5_000 },
  });

export const jobsQuery = () =>
  queryOptions({
    queryKey: queryKeys.jobs(),
    queryFn: ({ signal }) => get<JobListBody>('jobs?limit=200', signal),
  });

export const healthQuery = () =>
  queryOptions({
    queryKey: queryKeys.health(),
    queryFn: ({ signal }) => get<ShownHealthBody>('health', signal),
    refetchInterval: SLOW_POLL,
  });

export const configurationQuery = () =>
  queryOptions({
    queryKey: queryKeys.configuration(),
    queryFn: ({ signal }) => get<ConfigurationBody>('configuration', signal),
    refetchInterval: SLOW_POLL,
  });
