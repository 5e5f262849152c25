import { pointProblem } from '../../domain/points.ts';
import { type Labels, nameProblem, SERIES_KINDS, type SeriesKind } from '../../domain/series.ts';
import type { Instant } from '../../domain/time.ts';

/** One sample found in a snapshot. */
export interface ExtractedPoint {
  readonly metric: string;
  readonly labels?: Labels;
  /** `gauge` when left out. */
  readonly kind?: SeriesKind;
  readonly unit?: string;
  /** A human name of the series; the metric and labels when left out. */
  readonly title?: string;
  readonly value: number;
  /** Epoch milliseconds; the snapshot's own time when left out. */
  readonly timestamp?: Instant;
}

/** Points with the rows of the snapshot that could not be used, each with its reason: missing numbers are no zeros. */
export interface Extraction {
  readonly points: readonly ExtractedPoint[];
  readonly rejected: readonly string[];
}

/**
 * Turns one parsed snapshot into points. `at` is the time in the object's key. Throw for a snapshot of the wrong shape:
 * the object is then recorded as failed with the message.
 */
export type Extractor = (snapshot: unknown, at: Instant) => readonly ExtractedPoint[] | Extraction;

/** Runs an extractor and checks what it returned. Throws an Error that names what is wrong; nothing is kept then. */
export function extract(extractor: Extractor, snapshot: unknown, at: Instant, now: Instant): Extraction {
  const result = extractor(snapshot, at);
  if (result instanceof Promise) throw new Error('the extractor returned a promise; it must return points at once');
  const extraction = Array.isArray(result) ? { points: result, rejected: [] } : (result as Partial<Extraction> | null);
  if (!Array.isArray(extraction?.points) || !Array.isArray(extraction.rejected)) {
    throw new Error('the extractor returned no list of points');
  }
  for (const point of extraction.points) {
    const problem = problemOf(point, at, now);
    if (problem !== undefined) throw new Error(`the extractor returned a wrong point: ${problem}`);
  }
  return extraction as Extraction;
}

function problemOf(point: ExtractedPoint | null | undefined, at: Instant, now: Instant): string | undefined {
  if (typeof point !== 'object' || point === null) return 'not an object';
  const { metric, labels, kind, unit, title, value, timestamp } = point;
  if (typeof metric !== 'string') return 'no metric';
  if (labels !== undefined && (typeof labels !== 'object' || labels === null)) return `${metric}: labels are no object`;
  if (kind !== undefined && !SERIES_KINDS.includes(kind)) {
    return `${metric}: kind ${JSON.stringify(kind)} is none of ${SERIES_KINDS.join(', ')}`;
  }
  if (unit !== undefined && typeof unit !== 'string') return `${metric}: unit is no text`;
  if (title !== undefined && typeof title !== 'string') return `${metric}: title is no text`;
  return pointProblem(timestamp ?? at, value, now) ?? undefined;
}

/** Why the name of a point's series cannot be kept. Checked once a series, not once a point: it costs more than the rest. */
export const seriesProblem = ({ metric, labels }: ExtractedPoint): string | undefined =>
  nameProblem(metric, labels ?? {});
