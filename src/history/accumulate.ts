import { coverExactly, type DirtyBuckets, type Piece } from '../domain/cover.ts';
import { Increase } from '../domain/increase.ts';
import { keptLevels, type Level } from '../domain/ladder.ts';
import { Accumulator, lowerBound, type PointColumns, type Rollup, type RollupColumns } from '../domain/rollup.ts';
import type { Instant } from '../domain/time.ts';
import type { Blocks, Readable } from './blocks.ts';

/** One bucket of an answer; `increase` is the growth of a counter since the bucket before. */
export interface Bucket extends Rollup {
  readonly from: Instant;
  readonly to: Instant;
  readonly increase: number;
}

export interface Accumulated {
  /** The buckets that hold samples, in order of time. */
  readonly buckets: readonly Bucket[];
  /** The whole range as one. */
  readonly overall: Rollup | undefined;
}

/**
 * The exact rollup of each bucket between `edges`: frozen rollups where they fit, samples at the edges and where something
 * is dirty. Costs grow with the number of buckets, not with the samples in them.
 */
export async function accumulate(
  blocks: Blocks,
  series: Readable,
  edges: Float64Array,
  dirty: DirtyBuckets,
): Promise<Accumulated> {
  const levels = keptLevels(series.interval);
  const cover: Piece[][] = [];
  const spans = new Map<Level | 0, { from: Instant; to: Instant }[]>();
  for (let index = 0; index + 1 < edges.length; index++) {
    const pieces = coverExactly(edges[index] as Instant, edges[index + 1] as Instant, levels, dirty);
    cover.push(pieces);
    for (const { level, from, to } of pieces) {
      const ofLevel = spans.get(level) ?? [];
      spans.set(level, ofLevel);
      const last = ofLevel.at(-1);
      // Pieces of one level that lie a bucket or so apart are read in one go.
      if (last && from - last.to <= 8 * (last.to - last.from)) last.to = to;
      else ofLevel.push({ from, to });
    }
  }
  const cursors = new Map<Level | 0, Cursor>();
  for (const [level, ranges] of spans) {
    const parts: (PointColumns | RollupColumns)[] = [];
    for (const range of ranges) {
      const read = level === 0 ? blocks.points(series, range) : blocks.rollups(series, level, range);
      for (const part of read instanceof Promise ? await read : read) if (parts.at(-1) !== part) parts.push(part);
    }
    cursors.set(level, new Cursor(parts));
  }
  return gather(edges, cover, cursors);
}

function gather(
  edges: Float64Array,
  cover: readonly (readonly Piece[])[],
  cursors: ReadonlyMap<Level | 0, Cursor>,
): Accumulated {
  const buckets: Bucket[] = [];
  const overall = new Accumulator();
  const increase = new Increase();
  for (const [index, pieces] of cover.entries()) {
    const accumulator = new Accumulator();
    for (const { level, from, to } of pieces) cursors.get(level)?.add(accumulator, increase, from, to);
    if (accumulator.count === 0) continue;
    overall.addRollup(accumulator);
    const { count, sum, min, max, first, last } = accumulator;
    const from = edges[index] as Instant;
    const to = edges[index + 1] as Instant;
    buckets.push({ from, to, count, sum, min, max, first, last, increase: increase.take() });
  }
  return { buckets, overall: overall.finish() };
}

/** Walks forward through the blocks of one level, each row once, also where two reads brought the same rows. */
class Cursor {
  readonly #parts: readonly (PointColumns | RollupColumns)[];
  #part = 0;
  #row = 0;
  #next: Instant = Number.NEGATIVE_INFINITY;

  constructor(parts: readonly (PointColumns | RollupColumns)[]) {
    this.#parts = parts;
  }

  add(accumulator: Accumulator, increase: Increase, from: Instant, to: Instant): void {
    for (; this.#part < this.#parts.length; this.#part++, this.#row = 0) {
      const columns = this.#parts[this.#part] as PointColumns | RollupColumns;
      const { times } = columns;
      const start = Math.max(from, this.#next);
      if ((times[this.#row] as Instant) < start) this.#row = lowerBound(times, start);
      for (; this.#row < times.length; this.#row++) {
        const time = times[this.#row] as Instant;
        if (time >= to) return;
        if ('values' in columns) {
          const value = columns.values[this.#row] as number;
          accumulator.addValue(value);
          increase.addValue(value);
        } else {
          accumulator.addRow(columns, this.#row);
          increase.addRow(columns, this.#row);
        }
        this.#next = time + 1;
      }
    }
  }
}
