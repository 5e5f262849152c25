import type { Level } from './ladder.ts';
import { ceilTo, floorTo, type Instant } from './time.ts';

/** Part of a bucket and where it is read from: rollups of one level, or raw samples (`level` 0). */
export interface Piece {
  readonly level: Level | 0;
  readonly from: Instant;
  readonly to: Instant;
}

/** Which rollups may not be read: the starts, sorted, of the finest buckets whose samples changed since they were rolled up. */
export type DirtyBuckets = readonly Instant[];

/**
 * Splits [from, to) into the fewest pieces that the ladder can answer exactly, in order of time: coarse rollups where they fit whole
 * and are clean, finer ones towards the edges, raw samples for the rest. Cost: a handful of pieces per edge and dirty bucket.
 */
export function coverExactly(from: Instant, to: Instant, levels: readonly Level[], dirty: DirtyBuckets): Piece[] {
  const whole = wholeLevel(from, to, levels, dirty);
  if (whole !== undefined) return [{ level: whole, from, to }];
  const pieces: Piece[] = [];
  descend(pieces, from, to, levels, levels.length - 1, dirty);
  return pieces;
}

/** The level that answers a range alone: most buckets of an answer are clean and begin and end on a coarse edge. */
function wholeLevel(from: Instant, to: Instant, levels: readonly Level[], dirty: DirtyBuckets): Level | undefined {
  for (let rung = levels.length - 1; rung >= 0; rung--) {
    const level = levels[rung] as Level;
    // A coarser level that fits anywhere inside would be taken for that part.
    if (ceilTo(from, level) >= floorTo(to, level)) continue;
    const isWhole = from % level === 0 && to % level === 0;
    if (!isWhole) return undefined;
    const next = dirty.length === 0 ? undefined : dirty[firstAtLeast(dirty, from)];
    return next === undefined || next >= to ? level : undefined;
  }
  return undefined;
}

function descend(
  pieces: Piece[],
  from: Instant,
  to: Instant,
  levels: readonly Level[],
  rung: number,
  dirty: DirtyBuckets,
): void {
  if (from >= to) return;
  const level = levels[rung];
  if (level === undefined) {
    push(pieces, 0, from, to);
    return;
  }
  const start = ceilTo(from, level);
  const end = floorTo(to, level);
  if (start >= end) {
    descend(pieces, from, to, levels, rung - 1, dirty);
    return;
  }
  descend(pieces, from, start, levels, rung - 1, dirty);
  let clean = start;
  for (let index = firstAtLeast(dirty, start); index < dirty.length && (dirty[index] as Instant) < end; index++) {
    const bucket = floorTo(dirty[index] as Instant, level);
    if (bucket < clean) continue;
    push(pieces, level, clean, bucket);
    descend(pieces, bucket, bucket + level, levels, rung - 1, dirty);
    clean = bucket + level;
  }
  push(pieces, level, clean, end);
  descend(pieces, end, to, levels, rung - 1, dirty);
}

function push(pieces: Piece[], level: Level | 0, from: Instant, to: Instant): void {
  if (from >= to) return;
  const last = pieces.at(-1);
  if (last && last.level === level && last.to === from) pieces[pieces.length - 1] = { level, from: last.from, to };
  else pieces.push({ level, from, to });
}

function firstAtLeast(sorted: readonly Instant[], instant: Instant): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as Instant) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
