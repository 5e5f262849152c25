import type { Instant, Interval } from './time.ts';

/** Two samples further apart than so many cadences have a hole between them: one lost sample is seen, a jitter of three quarters is not. */
export const HOLE = 1.75;

const REMEMBERED = 63;
/** Fewer distances say nothing: the first two samples of a sender may be its start and the end of its coffee break. */
const ENOUGH = 3;
/** How many distances a cadence learned earlier, and kept in the store, counts for. */
const EARLIER = 15;

/**
 * Learns how far the samples of a sender are apart: the median of the last distances, so that outages, bursts and single steps of its
 * clock do not move it, and a sender that was set to another pace is followed after some thirty samples. A sender without a pace, whose
 * samples come as things happen, is given its 90th percentile: by the median a third of its samples would stand alone between holes.
 */
export class CadenceLearner {
  readonly #distances: number[] = [];
  #next = 0;

  /** `known` is what was learned earlier, in milliseconds. */
  constructor(known: number | null) {
    if (known !== null) for (let count = 0; count < EARLIER; count++) this.#remember(known);
  }

  /** Takes distances of successive samples in milliseconds, in any order. Of many at once an even choice is remembered. */
  add(distances: readonly number[]): void {
    const positive = distances.filter((distance) => distance > 0);
    if (positive.length <= REMEMBERED) {
      for (const distance of positive) this.#remember(distance);
      return;
    }
    const sorted = positive.sort((a, b) => a - b);
    for (let index = 0; index < REMEMBERED; index++) {
      this.#remember(sorted[Math.floor(((index + 0.5) * sorted.length) / REMEMBERED)] as number);
    }
  }

  /** Milliseconds; null while too few were seen. */
  get cadence(): number | null {
    if (this.#distances.length < ENOUGH) return null;
    const sorted = [...this.#distances].sort((a, b) => a - b);
    const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] as number;
    return Math.round(at(0.8) > 2 * at(0.5) ? at(0.9) : at(0.5));
  }

  #remember(distance: number): void {
    this.#distances[this.#next] = distance;
    this.#next = (this.#next + 1) % REMEMBERED;
  }
}

/**
 * The runs of sorted stamps in which no two neighbours have a hole between them. A run ends a millisecond after its last stamp: a sample
 * says nothing of the time after it. Without a cadence every stamp stands alone.
 */
export function runsOf(stamps: ArrayLike<Instant>, cadence: number | null): Interval[] {
  const runs: { from: Instant; to: Instant }[] = [];
  for (let index = 0; index < stamps.length; index++) {
    const stamp = stamps[index] as Instant;
    const last = runs.at(-1);
    if (last && !isHole(last.to, stamp, cadence)) last.to = Math.max(last.to, stamp + 1);
    else runs.push({ from: stamp, to: stamp + 1 });
  }
  return runs;
}

/** The runs, joined with each other and with the neighbours that lie no hole away; all in order of time. */
export function bridged(
  runs: readonly Interval[],
  neighbours: readonly Interval[],
  cadence: number | null,
): Interval[] {
  const joined: { from: Instant; to: Instant }[] = [];
  for (const { from, to } of [...runs, ...neighbours].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = joined.at(-1);
    if (last && !isHole(last.to, from, cadence)) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** Whether samples are missing between the end of a run, a millisecond after its last sample, and the next sample. */
const isHole = (end: Instant, next: Instant, cadence: number | null): boolean =>
  next > end && (cadence === null || next - (end - 1) > HOLE * cadence);
