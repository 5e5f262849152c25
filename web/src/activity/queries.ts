import { queryOptions } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { EventTimeseriesBody, LatencyBody, LogPageBody, LogStreamsBody } from './bodies.ts';
import type { ActivityWindow } from './use-activity-choice.ts';

/** How often what is counted is asked for anew; the log itself is pushed. */
const POLL = 15_000;

export interface SpanAsked {
  readonly stream: string;
  readonly window: ActivityWindow;
  readonly zone: string;
}

const spanParameters = ({ stream, window, zone }: SpanAsked): URLSearchParams =>
  new URLSearchParams({ guild_id: stream, window, tz: zone, by: 'moderator', expand: 'identity' });

export const logStreamsQuery = () =>
  queryOptions({
    queryKey: ['activity-streams'] as const,
    queryFn: ({ signal }) => get<LogStreamsBody>('logs/streams', signal),
    refetchInterval: 60_000,
  });

export const countsQuery = (asked: SpanAsked) =>
  queryOptions({
    queryKey: ['activity-counts', asked] as const,
    queryFn: ({ signal }) => get<EventTimeseriesBody>(`metrics/timeseries?${spanParameters(asked)}`, signal),
    refetchInterval: POLL,
  });

export const latencyQuery = (asked: SpanAsked, pair: string) =>
  queryOptions({
    queryKey: ['activity-latency', asked, pair] as const,
    queryFn: ({ signal }) => {
      const parameters = spanParameters(asked);
      parameters.set('pair', pair);
      return get<LatencyBody>(`metrics/latency?${parameters}`, signal);
    },
    refetchInterval: POLL,
  });

export const newestEvents = (stream: string, limit: number): Promise<LogPageBody> =>
  get<LogPageBody>(`logs?${new URLSearchParams({ guild_id: stream, limit: String(limit), expand: 'identity' })}`);
