import type { Envelope, PartialRange } from '../domain/envelope.ts';
import { keptLevels } from '../domain/ladder.ts';
import type { Rollup } from '../domain/rollup.ts';
import { ceilTo, floorTo, type Instant, type Interval } from '../domain/time.ts';
import { segmentEdges } from '../domain/windows.ts';
import { absentRanges } from './absent.ts';
import { accumulate, type Bucket } from './accumulate.ts';
import type { Blocks } from './blocks.ts';
import { envelopeOf } from './envelope.ts';
import type { SeriesKnowledge } from './memory.ts';

/** A range cut into equal segments. */
export interface Segments extends Interval {
  /** One more than there are segments. */
  readonly edges: Float64Array;
  /** The segments that hold samples. */
  readonly buckets: readonly Bucket[];
  readonly overall: Rollup | undefined;
}

/** The exact rollups of `count` equal segments. Costs grow with the segments, not with the samples in them. */
export async function readSegments(
  blocks: Blocks,
  { series, source, dirty }: SeriesKnowledge,
  range: Interval,
  count: number,
): Promise<Segments> {
  const edges = readableEdges(range, count, keptLevels(series.interval)[0], source.rawFrom);
  const read = await accumulate(blocks, series, edges, dirty);
  return { from: edges[0] as Instant, to: edges[count] as Instant, edges, ...read };
}

/**
 * How many samples a range holds by another way: one rollup over all of it, from the coarsest levels that fit. A ladder whose levels
 * disagree, or segments that lost or repeated something, show as a different count.
 */
export async function countSamples(
  blocks: Blocks,
  { series, dirty }: SeriesKnowledge,
  { from, to }: Interval,
): Promise<number> {
  return (await accumulate(blocks, series, Float64Array.of(from, to), dirty)).overall?.count ?? 0;
}

/** What an answer in segments knows of itself: those that end after everything known are open. */
export function segmentsEnvelope(knowledge: SeriesKnowledge, { edges, ...rest }: Segments, now: Instant): Envelope {
  const partial = openRange(edges, knowledge.ledger.askedTo ?? rest.from);
  const absent = absentRanges(knowledge, edges, rest.buckets);
  return envelopeOf(knowledge, rest, knowledge.series.version, partial, absent, now);
}

/**
 * Where raw samples were dropped only whole buckets of the finest level can be read: edges there move down to the start of their bucket, so
 * that segments finer than that are empty but for one, and nothing is counted twice.
 */
function readableEdges(
  range: Interval,
  count: number,
  finest: number | undefined,
  rawFrom: Instant | null,
): Float64Array {
  const edges = segmentEdges(range, count);
  if (rawFrom === null || finest === undefined || range.from >= rawFrom) return edges;
  for (let index = 0; index <= count; index++) {
    const edge = edges[index] as Instant;
    if (edge < rawFrom) edges[index] = index === count ? ceilTo(edge, finest) : floorTo(edge, finest);
  }
  return edges;
}

function openRange(edges: Float64Array, openFrom: Instant): PartialRange[] {
  const to = edges.at(-1) as Instant;
  const open = edges.findLastIndex((edge) => edge <= openFrom);
  const from = edges[Math.max(open, 0)] as Instant;
  return from < to ? [{ from, to, reason: 'open' }] : [];
}
