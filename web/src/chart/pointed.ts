import type { MissingRange } from '../api/bodies.ts';
import type { Instant, Span } from '../time/spans.ts';
import { type Bucket, bucketAt } from './buckets.ts';
import type { ChartModel } from './chart-model.ts';
import { emptySpanAt, missingWithin } from './gaps.ts';

/** What stands under an instant of the chart: a bucket, or the time without one, and what is missing there. */
export interface Pointed {
  readonly bucket: Bucket | undefined;
  readonly span: Span;
  readonly missing: readonly MissingRange[];
}

export function pointedAt(model: ChartModel, instant: Instant): Pointed | undefined {
  const bucket = bucketAt(model.buckets, instant);
  if (bucket) return { bucket, span: bucket, missing: missingWithin(model.missing, bucket) };
  const span = emptySpanAt(model.runs, model.shown, instant);
  if (!span) return undefined;
  const here = model.missing.filter(({ from, to }) => from <= instant && instant < to);
  return { bucket, span: here[0] ?? span, missing: here };
}
