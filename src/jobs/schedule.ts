import type { Clock } from '../domain/time.ts';
import type { Engine } from '../store/engine.ts';
import { takeScheduleSlot } from '../store/jobs.ts';

/** Something to do at every multiple of `every` milliseconds. */
export interface Task {
  readonly name: string;
  readonly every: number;
  run(): Promise<void>;
}

/**
 * Runs tasks by the clock. Any number of processes may hold the same schedule: each slot is taken by exactly one of them. Slots missed
 * while nobody ran are not made up for one by one; the newest is run once at the start.
 */
export class Schedule implements Disposable {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #onError: (error: unknown, task: Task) => void;
  readonly #cancels = new Map<Task, () => void>();
  #stopped = false;

  constructor(engine: Engine, clock: Clock, tasks: readonly Task[], onError: (error: unknown, task: Task) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#onError = onError;
    for (const task of tasks) void this.#tick(task);
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    for (const cancel of this.#cancels.values()) cancel();
  }

  async #tick(task: Task): Promise<void> {
    const now = this.#clock.now();
    const slot = Math.floor(now / task.every) * task.every;
    try {
      if (await this.#engine.write(({ database }) => takeScheduleSlot(database, task.name, slot, task.every)))
        await task.run();
    } catch (error) {
      this.#onError(error, task);
    }
    if (this.#stopped) return;
    // Counted from the slot, so that a slow run does not shift the ones after it; a clock set back must not run it early.
    const wait = Math.max(slot + task.every - this.#clock.now(), 1);
    this.#cancels.set(
      task,
      this.#clock.after(Math.min(wait, task.every), () => void this.#tick(task)),
    );
  }
}
