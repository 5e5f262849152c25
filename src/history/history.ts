import { bucketEdges, chooseStep, DEFAULT_SAMPLES, windowEnding } from '../domain/buckets.ts';
import type { Envelope, PartialRange } from '../domain/envelope.ts';
import { covers } from '../domain/intervals.ts';
import { keptLevels } from '../domain/ladder.ts';
import type { Rollup } from '../domain/rollup.ts';
import type { Series } from '../domain/series.ts';
import { type Clock, ceilTo, DAY, floorTo, type Instant, type Interval, MINUTE, SECOND } from '../domain/time.ts';
import type { Zone } from '../domain/zone.ts';
import type { Engine } from '../store/engine.ts';
import { absentRanges } from './absent.ts';
import { accumulate, type Bucket } from './accumulate.ts';
import { envelopeOf } from './envelope.ts';
import { Memory, type SeriesKnowledge, type SourceKnowledge } from './memory.ts';
import { countSamples, readSegments, type Segments, segmentsEnvelope } from './segments.ts';

/** What to answer. Either a `window` (milliseconds, ending now) or a `range`; either a `step` or at most `samples` buckets. */
export interface Question {
  readonly window?: number;
  readonly range?: Interval;
  readonly step?: number;
  readonly samples?: number;
  readonly zone: Zone;
}

/** A question with its times settled: equal plans at an equal revision have equal answers. */
export interface Plan extends Interval {
  readonly step: number;
  readonly zone: Zone;
}

export interface Answer extends Plan {
  readonly series: Series;
  readonly source: string;
  /** Buckets with samples; `partial` marks those that are open or cut by the window. */
  readonly buckets: readonly (Bucket & { readonly partial: boolean })[];
  readonly overall: Rollup | undefined;
  readonly envelope: Envelope;
  /** Every bucket lies in closed history: only a restatement can change this answer. */
  readonly frozen: boolean;
}

const DEFAULT_INTERVAL = 10 * SECOND;
const MEMORY_LIMIT = 96 * 1024 * 1024;

/** Answers about the past. Reads the store only where memory does not hold it yet; never asks a source. */
export class History {
  readonly memory: Memory;
  readonly #clock: Clock;

  constructor(engine: Engine, clock: Clock, memoryLimit = MEMORY_LIMIT) {
    this.memory = new Memory(engine, memoryLimit);
    this.#clock = clock;
  }

  /** What is known of a series; undefined when the org has none of that id. */
  async find(org: number, id: string): Promise<SeriesKnowledge | undefined> {
    await this.#catchUp();
    return this.memory.series(org, id);
  }

  async sources(org: number): Promise<readonly SourceKnowledge[]> {
    await this.#catchUp();
    return this.memory.sources(org);
  }

  /** A commit may fall into a catching-up that began before it; who wrote must read what they wrote. */
  async #catchUp(): Promise<void> {
    for (let pending = this.memory.sync(); pending !== undefined; pending = this.memory.sync()) await pending;
  }

  /** Settles times and step. Ranges of which the raw samples were dropped widen to whole buckets of the finest level kept. */
  plan({ series, source }: SeriesKnowledge, question: Question): Plan {
    const { zone } = question;
    const interval = series.interval ?? DEFAULT_INTERVAL;
    const asked =
      question.range ??
      windowEnding(this.#clock.now(), question.window ?? DAY, Math.min(Math.max(interval, SECOND), MINUTE));
    const dropped = source.rawFrom !== null && asked.from < source.rawFrom;
    const finest = dropped ? (keptLevels(series.interval)[0] ?? interval) : (series.interval ?? SECOND);
    const range = dropped ? { from: floorTo(asked.from, finest), to: ceilTo(asked.to, finest) } : asked;
    const step = Math.max(
      question.step ?? chooseStep(range.to - range.from, question.samples ?? DEFAULT_SAMPLES, finest),
      finest,
    );
    return { ...range, step, zone };
  }

  async answer(knowledge: SeriesKnowledge, plan: Plan): Promise<Answer> {
    const { series, source, dirty, ledger, closed } = knowledge;
    const now = this.#clock.now();
    const edges = bucketEdges(plan, plan.step, plan.zone);
    const { buckets, overall } = await accumulate(this.memory.blocks, series, edges, dirty);
    const partial = partialRanges(plan, edges, ledger.askedTo ?? plan.from);
    const isPartial = (bucket: Bucket): boolean => partial.some(({ from, to }) => bucket.from < to && from < bucket.to);
    return {
      ...plan,
      series,
      source: source.name,
      buckets: buckets.map((bucket) => ({ ...bucket, partial: isPartial(bucket) })),
      overall,
      envelope: envelopeOf(knowledge, plan, series.version, partial, absentRanges(knowledge, edges, buckets), now),
      frozen: dirty.length === 0 && covers(closed, plan),
    };
  }

  /** The exact rollups of `count` equal segments of a range. */
  segments(knowledge: SeriesKnowledge, range: Interval, count: number): Promise<Segments> {
    return readSegments(this.memory.blocks, knowledge, range, count);
  }

  /** How many samples a range holds, read by coarse levels: independent of how `segments` reads it. */
  count(knowledge: SeriesKnowledge, range: Interval): Promise<number> {
    return countSamples(this.memory.blocks, knowledge, range);
  }

  /** What segments know of themselves, or merged ones of which `edges` are a part. */
  segmentsEnvelope(knowledge: SeriesKnowledge, segments: Segments): Envelope {
    return segmentsEnvelope(knowledge, segments, this.#clock.now());
  }
}

/** The first and last bucket where the range cuts them, and all that ends after `openFrom`. */
function partialRanges(plan: Plan, edges: Float64Array, openFrom: Instant): PartialRange[] {
  const count = edges.length - 1;
  if (count < 1) return [];
  const isEdge = (instant: Instant): boolean =>
    bucketEdges({ from: instant - 1, to: instant + 1 }, plan.step, plan.zone)[1] === instant;
  const ranges: PartialRange[] = [];
  let open = count;
  while (open > 0 && (edges[open] as Instant) > openFrom) open--;
  if (open > 0 && !isEdge(plan.from)) ranges.push({ from: plan.from, to: edges[1] as Instant, reason: 'window-edge' });
  if (open < count) ranges.push({ from: edges[open] as Instant, to: plan.to, reason: 'open' });
  else if (count > 1 && !isEdge(plan.to))
    ranges.push({ from: edges[count - 1] as Instant, to: plan.to, reason: 'window-edge' });
  return ranges;
}
