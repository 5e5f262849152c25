import type { Clock } from '../domain/time.ts';

/** How long to wait after so many failures in a row: twice as long each time, half of it by chance, so that devices do not return together. */
export function backoff(failures: number, random: () => number): number {
  const FIRST = 1_000;
  const LONGEST = 5 * 60_000;
  return Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 20)) * (0.5 + random() / 2);
}

/** A wait that others can end. */
export class Waiting {
  readonly #clock: Clock;
  #end: (() => void) | undefined;
  #woken = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the wait that is under way, or the next one. */
  wake(): void {
    this.#woken = true;
    this.#end?.();
  }

  /** Returns after so many milliseconds, for ever when null, or when woken. */
  async wait(milliseconds: number | null): Promise<void> {
    if (!this.#woken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = milliseconds === null ? undefined : this.#clock.after(milliseconds, resolve);
      this.#end = resolve;
      await promise;
      this.#end = undefined;
      stop?.();
    }
    this.#woken = false;
  }
}
