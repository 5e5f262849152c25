import type { Envelope } from '../domain/envelope.ts';
import type { SeriesSummary } from '../domain/series.ts';
import type { Instant } from '../domain/time.ts';
import type { Granularity, WindowName } from '../domain/windows.ts';

export interface Aggregates {
  readonly avg: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** A segment that holds samples. */
export interface WindowPoint extends Aggregates {
  readonly t: Instant;
  readonly to: Instant;
  /** More samples may come. */
  readonly partial?: true;
  readonly dimensions?: Readonly<Record<string, Aggregates>>;
}

/** A window of a series in equal segments. */
export interface WindowAnswer {
  readonly series: SeriesSummary;
  readonly from: Instant;
  readonly to: Instant;
  readonly segments: number;
  /** Raw samples in the window. */
  readonly samples: number;
  readonly points: readonly WindowPoint[];
  readonly envelope: Envelope;
}

/** Which version of which window it is. */
interface ArtifactHead {
  readonly window: WindowName;
  readonly granularity: Granularity;
  readonly generatedAt: Instant;
  readonly versionId: string;
}

/** What `latest_{window}_{granularity}.json` holds, packed. */
export interface Artifact extends ArtifactHead, WindowAnswer {}

/** What `latest_{window}_{granularity}.meta.json` holds. */
export interface ArtifactMeta extends ArtifactHead {
  readonly expiresAt: Instant;
  /** Number of points. */
  readonly count: number;
  /** SHA-256 of the text of the artifact, in hex. */
  readonly checksum: string;
  readonly watermark: Instant | null;
  readonly stale: boolean;
  readonly staleSince: Instant | null;
  readonly reason: string | null;
}

/** The text of an artifact: the head first, so that a reader can put another in its place without parsing the rest. */
export function artifactText(head: ArtifactHead, answer: WindowAnswer): string {
  const { window, granularity, generatedAt, versionId } = head;
  const { series, from, to, segments, samples, points, envelope } = answer;
  return JSON.stringify({
    window,
    granularity,
    generatedAt,
    versionId,
    series,
    from,
    to,
    segments,
    samples,
    points,
    envelope,
  });
}

/** The part of the text of an artifact that is an answer, without its opening brace. */
export function answerText(text: string): string {
  return text.slice(text.indexOf('"series":'));
}

/**
 * Reads the text of an artifact; undefined when it is none or contradicts itself: another window than its name says, points out of order
 * or outside of the window, numbers that are none.
 */
export function readArtifact(text: string, window: WindowName, granularity: Granularity): Artifact | undefined {
  let artifact: Artifact;
  try {
    artifact = JSON.parse(text) as Artifact;
  } catch {
    return undefined;
  }
  const isWhole =
    typeof artifact === 'object' &&
    artifact !== null &&
    artifact.window === window &&
    artifact.granularity === granularity &&
    typeof artifact.versionId === 'string' &&
    Number.isFinite(artifact.generatedAt) &&
    typeof artifact.series?.id === 'string' &&
    typeof artifact.envelope === 'object' &&
    Array.isArray(artifact.points) &&
    text.includes('"series":');
  return isWhole && pointsProblem(artifact) === undefined ? artifact : undefined;
}

/** Why the points of a window cannot be right, or undefined. */
export function pointsProblem({ from, to, points, samples }: WindowAnswer): string | undefined {
  let cursor = from;
  let count = 0;
  for (const point of points) {
    if (!(point.t >= cursor && point.to > point.t && point.to <= to)) return 'its segments are not in order of time';
    if (!isSane(point) || !Object.values(point.dimensions ?? {}).every(isSane)) return 'it holds a number that is none';
    cursor = point.to;
    count += point.count;
  }
  return count === samples ? undefined : `its segments hold ${count} samples and the window ${samples}`;
}

const isSane = ({ avg, min, max, count }: Aggregates): boolean =>
  Number.isFinite(avg) && Number.isFinite(min) && Number.isFinite(max) && min <= max && count > 0;
