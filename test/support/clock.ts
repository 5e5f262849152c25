import type { Clock, Instant } from '../../src/domain/time.ts';

/** A clock that stands still until told otherwise; timers fire, in order, while it is moved over them. */
export class ManualClock implements Clock {
  #now: Instant;
  #timers: { at: Instant; action: () => void }[] = [];

  constructor(now: Instant | string) {
    this.#now = typeof now === 'string' ? Date.parse(now) : now;
  }

  now(): Instant {
    return this.#now;
  }

  after(delay: number, action: () => void): () => void {
    const timer = { at: this.#now + delay, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Number of timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Moves the time, also backward. */
  set(now: Instant | string): void {
    this.#moveTo(typeof now === 'string' ? Date.parse(now) : now);
  }

  advance(milliseconds: number): void {
    this.#moveTo(this.#now + milliseconds);
  }

  #moveTo(target: Instant): void {
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= target).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
    }
    this.#now = target;
  }
}
