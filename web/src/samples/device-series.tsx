import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { memo, useState } from 'react';
import type { RangeBody } from '../api/bodies.ts';
import { problemText } from '../api/problem.ts';
import { seriesListQuery, sparklinesQuery } from '../api/queries.ts';
import type { SparkWindow } from '../overview/spark-window.ts';
import { useNearScreen } from '../overview/use-near-screen.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { countText } from '../values/format-value.ts';
import { DeviceSeriesRow } from './device-series-row.tsx';

interface DeviceSeriesProps {
  readonly device: string;
  /** How many series it has. */
  readonly count: number;
  readonly spark: SparkWindow;
}

/** A card stays a card; a device may measure hundreds of things. */
const SHOWN = 5;
const ROW_HEIGHT = 40;
/** Sparklines are asked for together. */
const MOST = 50;

/** What a device measures, read once it is near the screen. It need not tick with the card around it. */
export const DeviceSeries = memo(function DeviceSeries({ device, count, spark }: DeviceSeriesProps) {
  const [element, near] = useNearScreen();
  const [all, setAll] = useState(false);
  const list = useInfiniteQuery({ ...seriesListQuery(device, ''), enabled: near });
  const series = (list.data?.pages.flatMap((page) => page.series) ?? []).toSorted((a, b) =>
    a.metric < b.metric ? -1 : a.metric > b.metric ? 1 : a.id < b.id ? -1 : 1,
  );
  const shown = all ? series : series.slice(0, SHOWN);
  const { data } = useQuery({
    ...sparklinesQuery(
      shown.slice(0, MOST).map(({ id }) => id),
      spark.window,
    ),
    enabled: near && shown.length > 0,
    placeholderData: keepPreviousData,
  });
  const ranges = new Map<string, RangeBody>();
  for (const result of data?.results ?? []) if ('points' in result) ranges.set(result.series.id, result);
  const waiting = Math.min(count, SHOWN);
  return (
    <>
      <ul ref={element} className="border-t border-line" style={{ minHeight: waiting * ROW_HEIGHT }}>
        {list.error && series.length === 0 && (
          <li className="px-4 py-2 text-xs text-fail-ink wrap-anywhere">
            The series could not be read: {problemText(list.error)}
          </li>
        )}
        {list.isPending &&
          Array.from({ length: waiting }, (_, row) => row).map((row) => (
            <li key={row} aria-hidden className="flex h-10 items-center gap-4 px-4">
              <Skeleton className="h-3.5 w-28" />
              <Skeleton className="ml-auto h-5 w-28 opacity-60" />
            </li>
          ))}
        {shown.map((one) => (
          <DeviceSeriesRow key={one.id} series={one} range={ranges.get(one.id)} />
        ))}
      </ul>
      {series.length > shown.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="w-full border-t border-line px-4 py-2 text-left text-xs text-accent hover:bg-hover"
        >
          Show all {countText(series.length)}
          {list.hasNextPage && '+'} series
        </button>
      )}
      {all && list.hasNextPage && (
        <button
          type="button"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          className="w-full border-t border-line px-4 py-2 text-left text-xs text-accent hover:bg-hover"
        >
          {list.isFetchingNextPage ? 'Reading more…' : 'Show more'}
        </button>
      )}
    </>
  );
});
