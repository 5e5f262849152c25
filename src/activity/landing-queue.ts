import type { LogEvent } from './event.ts';
import type { Outcome } from './land-events.ts';

/** More events wait than may; try again soon. */
export class QueueFull extends Error {
  constructor() {
    super('too many events wait to be stored');
    this.name = 'QueueFull';
  }
}

interface Waiting {
  readonly events: readonly LogEvent[];
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Events of one transaction, which other writers and readers of this thread wait for. */
const MOST_AT_ONCE = 1_000;
const MOST_WAITING = 50_000;

/** Lands what many callers send in few transactions: those that come while one runs share the next. */
export class LandingQueue {
  readonly #land: (events: readonly LogEvent[]) => Promise<readonly Outcome[]>;
  #waiting: Waiting[] = [];
  #size = 0;
  #running = false;

  constructor(land: (events: readonly LogEvent[]) => Promise<readonly Outcome[]>) {
    this.#land = land;
  }

  /** Resolves when the events are stored. Throws `QueueFull` before memory grows. */
  async land(events: readonly LogEvent[]): Promise<readonly Outcome[]> {
    if (this.#size + events.length > MOST_WAITING) throw new QueueFull();
    const parts = Array.from({ length: Math.ceil(events.length / MOST_AT_ONCE) }, (_, part) =>
      this.#add(events.slice(part * MOST_AT_ONCE, (part + 1) * MOST_AT_ONCE)),
    );
    return (await Promise.all(parts)).flat();
  }

  #add(events: readonly LogEvent[]): Promise<readonly Outcome[]> {
    this.#size += events.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      const events = batch.flatMap((one) => one.events);
      try {
        const outcomes = await this.#land(events);
        let at = 0;
        for (const { events: own, resolve } of batch) {
          resolve(outcomes.slice(at, at + own.length));
          at += own.length;
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      } finally {
        this.#size -= events.length;
      }
    }
    this.#running = false;
  }

  #take(): readonly Waiting[] {
    let events = 0;
    let count = 0;
    for (const { events: own } of this.#waiting) {
      if (count > 0 && events + own.length > MOST_AT_ONCE) break;
      events += own.length;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}
