import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RangeBody, SeriesBody } from '../api/bodies.ts';
import { problemText } from '../api/problem.ts';
import { sparklinesQuery } from '../api/queries.ts';
import { SeriesRow } from './series-row.tsx';
import type { SparkWindow } from './spark-window.ts';
import { useNearScreen } from './use-near-screen.ts';

/** Rows that are not on the screen are not laid out; this holds their place. */
const ROW_HEIGHT = 49;

interface SeriesChunkProps {
  readonly series: readonly SeriesBody[];
  readonly spark: SparkWindow;
  readonly first: boolean;
}

export function SeriesChunk({ series, spark, first }: SeriesChunkProps) {
  const [element, near] = useNearScreen();
  const ids = series.map(({ id }) => id);
  const { data, error } = useQuery({
    ...sparklinesQuery(ids, spark.window),
    enabled: near,
    placeholderData: keepPreviousData,
  });
  const ranges = new Map<string, RangeBody>();
  const problems = new Map<string, string>();
  for (const result of data?.results ?? []) {
    if ('points' in result) ranges.set(result.series.id, result);
    else problems.set(result.seriesId, result.problem);
  }
  const failed = error && !data ? problemText(error) : undefined;
  return (
    <ul
      ref={element}
      style={{ containIntrinsicSize: `auto ${series.length * ROW_HEIGHT}px` }}
      className={`[content-visibility:auto] ${first ? '' : 'border-t border-line'}`}
    >
      {series.map((one) => (
        <SeriesRow
          key={one.id}
          series={one}
          spark={spark}
          range={ranges.get(one.id)}
          problem={problems.get(one.id) ?? failed}
        />
      ))}
    </ul>
  );
}
