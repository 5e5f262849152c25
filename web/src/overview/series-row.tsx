import { memo } from 'react';
import { Link } from 'wouter';
import type { RangeBody, SeriesBody } from '../api/bodies.ts';
import { lastValue } from '../chart/spark-path.ts';
import { Sparkline } from '../chart/sparkline.tsx';
import { CoverageBar } from '../parts/coverage-bar.tsx';
import { LabelList } from '../parts/label-list.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { quantity, shortValueText } from '../values/format-value.ts';
import { ROW_GRID } from './row-grid.ts';
import type { SparkWindow } from './spark-window.ts';

interface SeriesRowProps {
  readonly series: SeriesBody;
  readonly spark: SparkWindow;
  /** The window of the sparkline; undefined until it is here. */
  readonly range: RangeBody | undefined;
  readonly problem: string | undefined;
}

export const SeriesRow = memo(function SeriesRow({ series, spark, range, problem }: SeriesRowProps) {
  const waiting = range === undefined && problem === undefined;
  return (
    <li className="border-b border-line last:border-0">
      <Link
        href={`/series/${series.id}${spark.search}`}
        className={`h-12 px-4 transition-colors hover:bg-hover ${ROW_GRID}`}
      >
        <span className="min-w-0">
          <span className="block truncate leading-5">{series.title || series.metric}</span>
          <LabelList metric={series.title ? series.metric : ''} labels={series.labels} />
        </span>
        <span className="h-7">
          {waiting && <Skeleton className="h-full w-full opacity-60" />}
          {range && range.points.length > 0 && <Sparkline range={range} />}
          {range && range.points.length === 0 && (
            <span className="block truncate text-xs leading-7 text-ink-3">nothing in {spark.label}</span>
          )}
          {problem !== undefined && <span className="block truncate text-xs leading-7 text-fail-ink">{problem}</span>}
        </span>
        <LastValue range={range} unit={series.unit} />
        <span className="truncate text-right text-sm text-ink-2 max-lg:hidden">
          {range?.overall
            ? `${shortValueText(range.overall.min, series.unit)} – ${shortValueText(range.overall.max, series.unit)}`
            : ''}
        </span>
        <span className="max-lg:hidden">{range && <CoverageBar coverage={range.envelope.coverage} />}</span>
      </Link>
    </li>
  );
});

function LastValue({ range, unit }: { readonly range: RangeBody | undefined; readonly unit: string }) {
  const last = range && lastValue(range);
  if (last === undefined) return <span className="text-right text-ink-3">{range ? '–' : ''}</span>;
  const { number, unit: scaled } = quantity(last, unit);
  return (
    <span className="truncate text-right">
      <span className="font-medium">{number}</span>
      {scaled !== '' && <span className="ml-1 text-xs text-ink-3">{scaled}</span>}
    </span>
  );
}
