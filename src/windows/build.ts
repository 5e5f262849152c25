import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Instant, Interval } from '../domain/time.ts';
import { FINEST, type Granularity, type WindowName, windowRange } from '../domain/windows.ts';
import { findPublishable } from '../store/publishable-series.ts';
import { type ArtifactMeta, artifactText, pointsProblem, type WindowAnswer } from './artifact.ts';
import { expiryOf } from './due.ts';
import { answerOf, readWindow, type WindowReader, type WindowReading } from './window-reading.ts';

/** A window was not built because what was read cannot be right; the message says why, for people. */
export class BuildRefused extends Error {}

export interface BuiltArtifact {
  readonly text: string;
  readonly meta: ArtifactMeta;
}

/** A window of one series in all its granularities, not published yet. */
export interface BuiltWindow extends Interval {
  readonly series: string;
  readonly window: WindowName;
  readonly versionId: string;
  readonly generatedAt: Instant;
  readonly samples: number;
  /** Changes of the series and its dimensions that it holds at least. */
  readonly changes: number;
  readonly artifacts: readonly BuiltArtifact[];
}

/** Samples may land while a window is read; then it is read again, so many times. */
const READS = 3;

/**
 * Reads a window once, in its finest segments, and merges the coarser ones from them. Throws `BuildRefused` when the count of the segments
 * is not what the ladder holds by another way, when nothing is found where samples must be, or when the numbers contradict each other.
 */
export async function buildWindow(
  reader: WindowReader,
  clock: Clock,
  series: string,
  window: WindowName,
  granularities: readonly Granularity[],
): Promise<BuiltWindow> {
  for (let attempt = 1; ; attempt++) {
    const range = windowRange(window, clock.now());
    const { changes, reading, expected } = await readOnce(reader, series, range);
    const isSteady = (await changesOf(reader, series)) === changes;
    const problem = problemOf(reading, expected);
    // A count that differs because somebody landed in between is no fault of the ladder.
    if (!isSteady && problem !== undefined && attempt < READS) continue;
    if (problem !== undefined) throw new BuildRefused(problem);
    return assemble(reader, clock.now(), { series, window, granularities, changes, reading });
  }
}

async function readOnce(reader: WindowReader, series: string, range: Interval) {
  const changes = await changesOf(reader, series);
  const knowledge = await reader.history.find(reader.org, series);
  if (!knowledge) throw new BuildRefused('the series is not in the store any more');
  const reading = await readWindow(reader, knowledge, range, FINEST);
  const expected = await reader.history.count(knowledge, reading.segments);
  return { changes, reading, expected };
}

async function changesOf({ database, org }: WindowReader, series: string): Promise<number> {
  return (await findPublishable(database, org, series))?.changes ?? -1;
}

function problemOf({ knowledge, segments }: WindowReading, expected: number): string | undefined {
  const found = segments.buckets.reduce((total, { count }) => total + count, 0);
  if (found !== expected) return `its segments hold ${found} samples where ${expected} are stored`;
  const { lastAt } = knowledge.series;
  const isExpected = lastAt !== null && lastAt >= segments.from && lastAt < segments.to;
  return isExpected && found === 0 ? 'it holds no sample, though the newest one lies in it' : undefined;
}

function assemble(
  { history }: WindowReader,
  generatedAt: Instant,
  built: Pick<BuiltWindow, 'series' | 'window' | 'changes'> & {
    readonly granularities: readonly Granularity[];
    readonly reading: WindowReading;
  },
): BuiltWindow {
  const { series, window, changes, granularities, reading } = built;
  const versionId = newVersionId(generatedAt);
  const { from, to, overall } = reading.segments;
  const expiresAt = expiryOf(window, generatedAt, reading.knowledge.series.lastAt);
  const artifacts = granularities.map((granularity): BuiltArtifact => {
    const answer = answerOf(history, reading, granularity);
    const problem = pointsProblem(answer);
    if (problem !== undefined) throw new BuildRefused(problem);
    const head = { window, granularity, generatedAt, versionId };
    const text = artifactText(head, answer);
    return { text, meta: metaOf(head, answer, text, expiresAt) };
  });
  return { series, window, versionId, generatedAt, from, to, samples: overall?.count ?? 0, changes, artifacts };
}

/** What is known of an artifact by its text; also how a lost meta file is made again. */
export function metaOf(
  {
    window,
    granularity,
    generatedAt,
    versionId,
  }: Pick<ArtifactMeta, 'window' | 'granularity' | 'generatedAt' | 'versionId'>,
  { points, envelope }: WindowAnswer,
  text: string,
  expiresAt: Instant,
): ArtifactMeta {
  return {
    window,
    granularity,
    generatedAt,
    expiresAt,
    versionId,
    count: points.length,
    checksum: checksumOf(text),
    watermark: envelope.watermark,
    stale: false,
    staleSince: null,
    reason: null,
  };
}

export const checksumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Sorts by the time of the build, and differs between processes that build in one millisecond. */
const newVersionId = (generatedAt: Instant): string =>
  `${generatedAt.toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;

/** When a version was built; undefined for a text that is no id of a version. */
export function versionTime(versionId: string): Instant | undefined {
  const [, time] = /^([0-9a-z]{9})-[0-9a-f]{8}$/.exec(versionId) ?? [];
  return time === undefined ? undefined : Number.parseInt(time, 36);
}
