import type { FieldSegment } from './latest-runs.ts';

/** A window in few numbers. Extremes are exact; the average weighs every sample alike. */
export interface WindowNumbers {
  readonly latest: FieldSegment;
  readonly avg: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

export function numbersOf(segments: readonly FieldSegment[]): WindowNumbers | undefined {
  const latest = segments.at(-1);
  if (!latest) return undefined;
  const samples = segments.reduce((sum, { count }) => sum + count, 0);
  return {
    latest,
    avg: segments.reduce((sum, { avg, count }) => sum + avg * count, 0) / samples,
    min: Math.min(...segments.map(({ min }) => min)),
    max: Math.max(...segments.map(({ max }) => max)),
    samples,
  };
}
