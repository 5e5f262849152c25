import { HOLE } from '../../../src/domain/cadence.ts';
import type { LatestBody, LatestSegment, MissingRange } from '../api/bodies.ts';
import type { Bucket, Run } from '../chart/buckets.ts';
import { overlapOf } from '../time/spans.ts';

/** The numbers of one field in one segment. */
export type FieldSegment = Omit<LatestSegment, 'dimensions'>;

/** Segments of the series itself, or of a field that is measured together with it. */
export function segmentsOf({ points }: Pick<LatestBody, 'points'>, field: string | undefined): FieldSegment[] {
  if (field === undefined) return points;
  return points.flatMap(({ t, to, dimensions }) => {
    const numbers = dimensions?.[field];
    return numbers ? [{ t, to, ...numbers }] : [];
  });
}

/** Fields that are measured together with the series, by name. */
export const fieldsOf = ({ points }: Pick<LatestBody, 'points'>): string[] =>
  [...new Set(points.flatMap(({ dimensions }) => Object.keys(dimensions ?? {})))].sort();

/** The usual milliseconds between two samples, told from the segments: the median forgives holes and bursts. */
export function spacingOf(segments: readonly FieldSegment[]): number {
  const distances = segments
    .slice(1)
    .map(({ t }, index) => {
      const before = segments[index] as FieldSegment;
      return (t - before.t) / before.count;
    })
    .sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? 0;
}

/**
 * Segments that belong together. Many segments are empty only because they are shorter than the distance of samples: across those the
 * line goes on. It breaks where the envelope names something missing, and where the silence is too long for the series' own pace.
 */
export function runsOfSegments(
  segments: readonly FieldSegment[],
  missing: readonly MissingRange[],
  generatedAt: number,
): Run[] {
  const longest = HOLE * spacingOf(segments);
  const runs: Bucket[][] = [];
  let joined = false;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    const silence = next && { from: segment.to, to: next.t };
    const goesOn =
      silence !== undefined &&
      (silence.to <= silence.from ||
        (silence.to - silence.from <= longest && !missing.some((range) => overlapOf(range, silence) > 0)));
    const bucket = bucketOf(segment, goesOn ? silence.to : segment.to, generatedAt);
    if (joined) runs.at(-1)?.push(bucket);
    else runs.push([bucket]);
    joined = goesOn;
  }
  return runs;
}

function bucketOf(
  { t, to: end, avg, min, max, count, partial }: FieldSegment,
  to: number,
  generatedAt: number,
): Bucket {
  const open = partial === true || end > generatedAt;
  return { from: t, to, point: { t, value: avg, avg, min, max, sum: avg * count, count }, open, partial: open };
}
