import type { Engine } from '../store/engine.ts';
import { findJob, type Job } from '../store/jobs.ts';

type Listener = (job: Job | undefined) => void;

interface Watched {
  readonly org: number;
  readonly id: string;
  readonly listeners: Set<Listener>;
}

/** Tells how jobs go on, as they do: reads each watched job once after commits, however many watch it. */
export class JobWatch implements Disposable {
  readonly #engine: Engine;
  readonly #onError: (error: unknown) => void;
  readonly #watched = new Map<string, Watched>();
  #unsubscribe: (() => void) | undefined;
  #isReading = false;
  #readAgain = false;

  constructor(engine: Engine, onError: (error: unknown) => void) {
    this.#engine = engine;
    this.#onError = onError;
  }

  /** The listener hears the job of an org now and after each commit that may have moved it, undefined when there is none; the returned function ends that. */
  watch(org: number, id: string, listener: Listener): () => void {
    const key = `${org} ${id}`;
    const watched: Watched = this.#watched.get(key) ?? { org, id, listeners: new Set() };
    this.#watched.set(key, watched);
    watched.listeners.add(listener);
    this.#unsubscribe ??= this.#engine.onCommit(() => this.#wake());
    this.#wake();
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0 && this.#watched.get(key) === watched) this.#watched.delete(key);
      if (this.#watched.size === 0) this[Symbol.dispose]();
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
        await Promise.all([...this.#watched.values()].map((watched) => this.#tell(watched)));
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #tell({ org, id, listeners }: Watched): Promise<void> {
    const job = await findJob(this.#engine.reader, org, id);
    for (const listener of [...listeners]) listener(job);
  }
}
