import { Worker } from 'node:worker_threads';
import type { ArchiveObject, ObjectBatch, ObjectReader } from './object-reader.ts';
import { type Answer, HEARTBEAT, type Request, type ThreadData, unpackFailure } from './thread-messages.ts';

/** Without a sign of life for this long the thread is stuck in an extractor that does not return. */
const STUCK_AFTER = 60 * HEARTBEAT;
/**
 * Megabytes of the thread's heap; beyond them the thread ends and not the process. Parsing makes much short-lived garbage: a
 * small young generation kept 120 MB out of memory and cost nothing.
 */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

interface Waiting {
  readonly resolve: (batch: ObjectBatch) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads objects in a thread of its own, so that parsing stops neither landing nor answers. The thread starts at the first
 * read; when it dies, the reads under way fail with the reason and the next one starts another.
 */
export class ThreadObjectReader implements ObjectReader {
  readonly #data: ThreadData;
  #worker: Worker | undefined;
  #heardAt = 0;
  #watch: NodeJS.Timeout | undefined;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();

  constructor(data: ThreadData) {
    this.#data = data;
  }

  async read(objects: readonly ArchiveObject[], signal?: AbortSignal): Promise<ObjectBatch> {
    signal?.throwIfAborted();
    const worker = this.#start();
    const id = this.#nextId++;
    const cancel = () => {
      worker.postMessage({ cancel: id } satisfies Request);
      this.#waiting.get(id)?.reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<ObjectBatch>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        worker.postMessage({ id, objects } satisfies Request);
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    }
  }

  async close(): Promise<void> {
    await this.#end(new Error('the reader was closed'));
  }

  #start(): Worker {
    this.#worker ??= this.#spawn();
    this.#heardAt = Math.max(this.#heardAt, Date.now());
    this.#worker.ref();
    return this.#worker;
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), {
      workerData: this.#data,
      resourceLimits: LIMITS,
    });
    worker.on('message', (answer: Answer) => this.#hear(answer));
    worker.on('error', (error) => this.#fail(worker, new Error(`the reading thread ended: ${error.message}`)));
    worker.on('exit', (code) => this.#fail(worker, new Error(`the reading thread ended with code ${code}`)));
    this.#watch = setInterval(() => {
      if (this.#waiting.size === 0 || Date.now() - this.#heardAt < STUCK_AFTER) return;
      void this.#end(new Error(`the extractor of this archive did not return for ${STUCK_AFTER / 1_000} s`));
    }, HEARTBEAT).unref();
    return worker;
  }

  #hear(answer: Answer): void {
    this.#heardAt = Date.now();
    if ('heartbeat' in answer) return;
    const waiting = this.#waiting.get(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else {
      const { failure, ...batch } = answer.batch;
      waiting?.resolve({ ...batch, failure: failure && unpackFailure(failure) });
    }
  }

  async #end(reason: Error): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#fail(worker, reason);
    await worker.terminate();
  }

  #fail(worker: Worker, reason: Error): void {
    if (this.#worker !== worker) return;
    clearInterval(this.#watch);
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(reason);
  }
}
