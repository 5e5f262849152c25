import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { findJob, type Job } from '../store/jobs.ts';

type Listener = (job: Job | undefined) => void;

/** Tells how jobs go on, as they do: reads each watched job once after commits, however many watch it. */
export class JobWatch implements Disposable {
  readonly #engine: Engine;
  readonly #org: Org;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Map<string, Set<Listener>>();
  #unsubscribe: (() => void) | undefined;
  #isReading = false;
  #readAgain = false;

  constructor(engine: Engine, org: Org, onError: (error: unknown) => void) {
    this.#engine = engine;
    this.#org = org;
    this.#onError = onError;
  }

  /** The listener hears the job now and after each commit that may have moved it, undefined when there is none; the returned function ends that. */
  watch(id: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    this.#unsubscribe ??= this.#engine.onCommit(() => this.#wake());
    this.#wake();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
      if (this.#listeners.size === 0) this[Symbol.dispose]();
    };
  }

  [Symbol.dispose](): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #wake(): void {
    this.#readAgain = true;
    if (!this.#isReading) this.#readOn().catch(this.#onError);
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#readAgain) {
        this.#readAgain = false;
        await Promise.all([...this.#listeners].map(([id, listeners]) => this.#tell(id, listeners)));
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #tell(id: string, listeners: ReadonlySet<Listener>): Promise<void> {
    const job = await findJob(this.#engine.reader, this.#org.number, id);
    for (const listener of [...listeners]) listener(job);
  }
}
