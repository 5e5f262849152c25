import type { Span } from '../time/spans.ts';
import type { Bucket } from './buckets.ts';
import type { ChartModel } from './chart-model.ts';
import { missingWithin } from './gaps.ts';

export interface TableRow extends Span {
  readonly bucket: Bucket | undefined;
  /** Why there is no bucket. */
  readonly why: string;
}

export function tableRows({ buckets, shown, missing, wording }: ChartModel): TableRow[] {
  const rows: TableRow[] = [];
  const addEmpty = (from: number, to: number): void => {
    if (to <= from) return;
    const reasons = new Set(missingWithin(missing, { from, to }).map(({ reason }) => wording.label[reason]));
    rows.push({ from, to, bucket: undefined, why: [...reasons].join(', ') || 'no samples' });
  };
  let cursor = shown.from;
  for (const bucket of buckets) {
    addEmpty(cursor, bucket.from);
    rows.push({ from: bucket.from, to: bucket.to, bucket, why: '' });
    cursor = bucket.to;
  }
  addEmpty(cursor, shown.to);
  return rows.toReversed();
}
