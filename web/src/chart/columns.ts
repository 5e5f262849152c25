import type { Bucket, Run } from './buckets.ts';

type Column = (number | null)[];

/** What the chart draws, in columns that share their times; null breaks a line. */
export interface Columns {
  readonly times: number[];
  readonly line: Column;
  readonly high: Column;
  readonly low: Column;
  /** Buckets that are drawn dashed, each joined to its neighbours. */
  readonly dashed: Column;
  /** The bucket behind each time; null between runs. */
  readonly buckets: (Bucket | null)[];
  /** Indexes of buckets without a neighbour: no line reaches them, so each gets a dot. */
  readonly lonely: readonly number[];
}

export interface ColumnChoice {
  readonly fromZero: boolean;
  /** The edges of a band that is not drawn would still stretch the axis. */
  readonly withBand: boolean;
}

/**
 * Values stand in the middle of their bucket, so that a line ends as far from a gap on the left as on the right. Open
 * buckets are dashed; of sums (`fromZero`) every part of a bucket is, because it is too low.
 */
export function columnsOf(runs: readonly Run[], { fromZero, withBand }: ColumnChoice): Columns {
  const isDashed = (bucket: Bucket | undefined): boolean =>
    bucket !== undefined && (bucket.open || (fromZero && bucket.partial));
  const columns = {
    times: [] as number[],
    line: [] as Column,
    high: [] as Column,
    low: [] as Column,
    dashed: [] as Column,
    buckets: [] as (Bucket | null)[],
    lonely: [] as number[],
  };
  const push = (time: number, bucket: Bucket | null, line: number | null, dashed: number | null): void => {
    columns.times.push(time);
    columns.buckets.push(bucket);
    columns.line.push(line);
    columns.dashed.push(dashed);
    columns.high.push(withBand && bucket ? bucket.point.max : null);
    columns.low.push(withBand && bucket ? bucket.point.min : null);
  };
  for (const [number, run] of runs.entries()) {
    if (run.length === 1) columns.lonely.push(columns.times.length);
    for (const [index, bucket] of run.entries()) {
      const { value } = bucket.point;
      const joins = [run[index - 1], bucket, run[index + 1]].some(isDashed);
      push((bucket.from + bucket.to) / 2, bucket, isDashed(bucket) ? null : value, joins ? value : null);
    }
    const end = run.at(-1)?.to;
    if (end !== undefined && number < runs.length - 1) push(end, null, null, null);
  }
  return columns;
}
