import type { RangeBody, RangePoint } from '../api/bodies.ts';
import { type Bucket, runsOf } from './buckets.ts';
import { isTotal } from './totals.ts';

export interface SparkPath {
  readonly line: string;
  readonly band: string;
  /** Centres of buckets without a neighbour. */
  readonly dots: readonly { readonly x: number; readonly y: number }[];
}

/** A small drawing of an answer as SVG paths: gaps stay gaps, single buckets are dots. */
export function sparkPath(range: RangeBody, width: number, height: number): SparkPath {
  // A part of a sum is too low, and so small a drawing has no room to say so.
  const runs = runsOf(isTotal(range.aggregate) ? { ...range, points: wholePoints(range) } : range);
  const buckets = runs.flat();
  const withBand = range.aggregate === 'avg';
  const lows = buckets.map(({ point }) => (withBand ? point.min : point.value));
  const highs = buckets.map(({ point }) => (withBand ? point.max : point.value));
  const low = Math.min(...lows);
  const high = Math.max(...highs);
  const x = ({ from, to }: Bucket): number =>
    round((((from + to) / 2 - range.start) / (range.end - range.start)) * width);
  const y = (value: number): number =>
    round(high === low ? height / 2 : height - 1.5 - ((value - low) / (high - low)) * (height - 3));
  let line = '';
  let band = '';
  const dots: { x: number; y: number }[] = [];
  for (const run of runs) {
    const only = run.length === 1 ? run[0] : undefined;
    if (only) {
      dots.push({ x: x(only), y: y(only.point.value) });
      continue;
    }
    line += run.map((bucket, index) => `${index ? 'L' : 'M'}${x(bucket)} ${y(bucket.point.value)}`).join('');
    if (!withBand) continue;
    const top = run.map((bucket, index) => `${index ? 'L' : 'M'}${x(bucket)} ${y(bucket.point.max)}`);
    const bottom = run.toReversed().map((bucket) => `L${x(bucket)} ${y(bucket.point.min)}`);
    band += `${top.join('')}${bottom.join('')}Z`;
  }
  return { line, band, dots };
}

const round = (value: number): number => Math.round(value * 10) / 10;

const wholePoints = ({ points }: RangeBody): RangePoint[] => points.filter(({ partial }) => partial !== true);

/** The newest value that can be read as one: of totals, the newest whole bucket. */
export const lastValue = (range: RangeBody): number | undefined =>
  (isTotal(range.aggregate) ? wholePoints(range) : range.points).at(-1)?.value;
