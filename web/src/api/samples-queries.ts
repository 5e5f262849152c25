import { queryOptions } from '@tanstack/react-query';
import type { Granularity, WindowName } from '../../../src/domain/windows.ts';
import type { DeviceListBody, LatestBody, PublicationListBody } from './bodies.ts';
import { get } from './client.ts';
import { queryKeys } from './query-keys.ts';

/** Silence makes no event: that a device became late is found out by asking. */
const DEVICES_POLL = 15_000;
const PUBLICATIONS_POLL = 60_000;
/** That a picture became stale is told by nobody when the builder itself is stuck. */
const LATEST_POLL = 30_000;

export const devicesQuery = () =>
  queryOptions({
    queryKey: queryKeys.devices(),
    queryFn: ({ signal }) => get<DeviceListBody>('devices', signal),
    refetchInterval: DEVICES_POLL,
    meta: { pause: 3_000 },
  });

const latestPath = (series: string, window: WindowName, samples: Granularity): string =>
  `samples/latest?${new URLSearchParams({ series, window, samples: String(samples) })}`;

/** Where a version is read again, as JSON, while it is kept. */
export const versionAddress = (series: string, window: WindowName, samples: Granularity, versionId: string): string =>
  `/api/${latestPath(series, window, samples)}&versionId=${encodeURIComponent(versionId)}`;

export const latestQuery = (series: string, window: WindowName, samples: Granularity) =>
  queryOptions({
    queryKey: queryKeys.latest(series, window, samples),
    queryFn: ({ signal }) => get<LatestBody>(latestPath(series, window, samples), signal),
    refetchInterval: LATEST_POLL,
    meta: { pause: 250 },
  });

export const publicationsQuery = () =>
  queryOptions({
    queryKey: queryKeys.publications(),
    queryFn: ({ signal }) => get<PublicationListBody>('windows', signal),
    refetchInterval: PUBLICATIONS_POLL,
    meta: { pause: 5_000 },
  });
