import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useSearch } from 'wouter';
import type { LatestBody } from '../api/bodies.ts';
import { seriesListQuery } from '../api/queries.ts';
import type { Instant, Span } from '../time/spans.ts';
import { valueText } from '../values/format-value.ts';
import { fieldSeries } from './field-series.ts';
import { latestModel, segmentLength } from './latest-model.ts';
import { segmentsOf } from './latest-runs.ts';
import { SamplesFigure } from './samples-figure.tsx';
import { numbersOf } from './window-numbers.ts';
import { windowSummary } from './window-summary.ts';

interface FieldFigureProps {
  readonly latest: LatestBody;
  readonly field: string;
  readonly asTable: boolean;
  readonly isEarlier: boolean;
  readonly zone: string;
  readonly now: Instant;
  readonly onBrush: (span: Span) => void;
}

/** A field that is measured together with the series, on a scale of its own: degrees and percents share no axis. */
export function FieldFigure({ latest, field, asTable, isEarlier, zone, now, onBrush }: FieldFigureProps) {
  const search = useSearch();
  const siblings = useInfiniteQuery(seriesListQuery(latest.series.source, ''));
  const own = fieldSeries(siblings.data?.pages.flatMap(({ series }) => series) ?? [], latest.series, field);
  const unit = own?.unit ?? '';
  const model = useMemo(() => latestModel(latest, zone, unit, field), [latest, zone, unit, field]);
  const numbers = numbersOf(segmentsOf(latest, field));
  return (
    <SamplesFigure
      model={model}
      summary={windowSummary(field, model, numbers, segmentLength(latest), now)}
      asTable={asTable}
      isEarlier={isEarlier}
      height="short"
      stacked
      now={now}
      onBrush={onBrush}
      head={
        <h2 className="flex min-w-0 flex-wrap items-baseline gap-x-3 text-sm">
          {own ? (
            <Link
              href={`/samples/${own.id}${search === '' ? '' : `?${search}`}`}
              className="truncate rounded font-medium hover:text-accent"
            >
              {field}
            </Link>
          ) : (
            <span className="truncate font-medium">{field}</span>
          )}
          {numbers && (
            <span className="text-xs text-ink-2">
              latest {valueText(numbers.latest.avg, unit)} · {valueText(numbers.min, unit)} –{' '}
              {valueText(numbers.max, unit)}
            </span>
          )}
        </h2>
      }
    />
  );
}
