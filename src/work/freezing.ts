import type { Clock } from '../domain/time.ts';
import { freeze } from '../history/freeze.ts';
import type { Engine } from '../store/engine.ts';

/** Commits that come together are frozen together. */
const DEBOUNCE = 250;
/**
 * Freezing pauses for so many times as long as a transaction took: under a flood of samples the writers keep most of the store's time. Its thread
 * has the lowest priority, so on a busy machine it holds the store for longer than its work is worth.
 */
const REST = 3;
const LONGEST_REST = 5_000;
const AFTER_TROUBLE = 5_000;

/**
 * Rolls up what others landed, soon after they commit. Answers over buckets that wait for it are right all the same, they only cost more; so nobody who pushes
 * waits for it.
 */
export class Freezing implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #unsubscribe: () => void;
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #isStopped = false;
  #endRest = (): void => {};

  constructor(engine: Engine, clock: Clock, onError: (error: unknown) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#onError = onError;
    this.#unsubscribe = engine.onCommit(() => this.#wake(DEBOUNCE));
    // What was left when the last process ended.
    this.#wake(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    this.#cancel?.();
    this.#endRest();
    await this.#running;
  }

  #wake(after: number): void {
    this.#again = true;
    if (this.#isStopped || this.#cancel !== undefined || this.#running !== undefined) return;
    this.#cancel = this.#clock.after(after, () => {
      this.#cancel = undefined;
      this.#again = false;
      this.#running = this.#run().then((trouble) => {
        this.#running = undefined;
        if (this.#again || trouble) this.#wake(trouble ? AFTER_TROUBLE : DEBOUNCE);
      });
    });
  }

  /** Whether something went wrong. Freezing commits too: it looks before it begins, or it would wake itself for ever. */
  async #run(): Promise<boolean> {
    try {
      const waiting = await this.#engine.reader.selectFrom('dirty').select('at').limit(1).executeTakeFirst();
      if (waiting) await freeze(this.#engine, this.#clock, (took) => this.#rest(took));
      return false;
    } catch (error) {
      if (!this.#isStopped) this.#onError(error);
      return true;
    }
  }

  #rest(took: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#endRest = () => reject(new Error('freezing was stopped'));
    if (this.#isStopped) this.#endRest();
    const cancel = this.#clock.after(Math.min(took * REST, LONGEST_REST), resolve);
    return promise.finally(cancel);
  }
}
