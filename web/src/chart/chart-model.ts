import type { Aggregate, MissingRange, RangeBody } from '../api/bodies.ts';
import type { Span } from '../time/spans.ts';
import { type Bucket, type Run, runsOf } from './buckets.ts';
import { type Columns, columnsOf } from './columns.ts';
import { ASKED, type GapWording } from './gaps.ts';
import { isTotal } from './totals.ts';

/** An answer made ready to be drawn and pointed at. */
export interface ChartModel {
  readonly shown: Span;
  readonly unit: string;
  readonly aggregate: Aggregate;
  readonly zone: string;
  /** The line is an average, so the band from min to max belongs to it. */
  readonly withBand: boolean;
  /** Sums and increases are read against zero. */
  readonly fromZero: boolean;
  /** A snapshot holds until the next. */
  readonly stepped: boolean;
  readonly runs: readonly Run[];
  readonly buckets: readonly Bucket[];
  readonly columns: Columns;
  readonly missing: readonly MissingRange[];
  readonly wording: GapWording;
}

export function chartModel(range: RangeBody, wording: GapWording = ASKED): ChartModel {
  const runs = runsOf(range);
  const withBand = range.aggregate === 'avg';
  const fromZero = isTotal(range.aggregate);
  return {
    shown: { from: range.start, to: range.end },
    unit: range.aggregate === 'count' ? '' : range.series.unit,
    aggregate: range.aggregate,
    zone: range.zone,
    withBand,
    fromZero,
    stepped: range.aggregate === 'last' || range.aggregate === 'first',
    runs,
    buckets: runs.flat(),
    columns: columnsOf(runs, { fromZero, withBand }),
    missing: range.envelope.missing,
    wording,
  };
}
