import type { Instant } from '../domain/time.ts';

/** What a stamp is made from, injected so that tests own both. */
export interface TimeSource {
  /** The wall clock, which may be set at any time. Epoch milliseconds. */
  now(): Instant;
  /** Milliseconds since some moment, at an even pace, never set. */
  monotonic(): number;
}

/** The wall clock was set: by how many milliseconds, negative when back. */
export interface ClockStep {
  readonly at: Instant;
  readonly by: number;
}

/** Smaller differences between the two clocks are slewing and rounding. */
const SMALLEST_STEP = 1_000;

/**
 * Stamps for readings that bring none, each later than the one before. While the wall clock is behind the last stamp, because it was set
 * back, stamps count on by the monotonic clock at half its pace: the order holds, no reading takes the place of another, and the wall clock
 * catches up after twice the length of the step. At full pace it never would. After a restart they go on behind the last stamp that was kept.
 */
export class Stamps {
  readonly #time: TimeSource;
  readonly #onStep: (step: ClockStep) => void;
  #last: Instant | null;
  #wall: Instant;
  #monotonic: number;
  /** Where stamps stand that count on, unrounded; null while the wall clock leads. */
  #counted: number | null = null;

  constructor(time: TimeSource, last: Instant | null, onStep: (step: ClockStep) => void) {
    this.#time = time;
    this.#onStep = onStep;
    this.#last = last;
    this.#wall = time.now();
    this.#monotonic = time.monotonic();
    if (last !== null && last >= this.#wall) this.#counted = last;
  }

  /** The newest stamp that was given; null before the first. */
  get last(): Instant | null {
    return this.#last;
  }

  /** How far the stamps are ahead of the wall clock since it was set back; 0 when they agree. */
  get ahead(): number {
    return this.#counted === null ? 0 : Math.max(0, Math.round(this.#counted - this.#wall));
  }

  next(): Instant {
    const wall = this.#time.now();
    const monotonic = this.#time.monotonic();
    const passed = monotonic - this.#monotonic;
    const by = wall - this.#wall - passed;
    if (Math.abs(by) >= SMALLEST_STEP) this.#onStep({ at: wall, by: Math.round(by) });
    if (this.#counted !== null) this.#counted += passed / 2;
    else if (by <= -SMALLEST_STEP && this.#last !== null) this.#counted = Math.max(this.#last, this.#wall) + passed;
    if (this.#counted !== null && wall > this.#counted) this.#counted = null;
    this.#wall = wall;
    this.#monotonic = monotonic;
    const stamp = Math.max(Math.floor(this.#counted ?? wall), (this.#last ?? -1) + 1);
    this.#last = stamp;
    return stamp;
  }
}
