import { Worker } from 'node:worker_threads';
import type { BlobLocation } from '../blobs/location.ts';
import type { Flags } from '../config.ts';
import type { Instant } from '../domain/time.ts';
import type { HostSample } from '../sources/host.ts';
import type { StoreLocation } from '../store/open.ts';

/** What the work thread is told. */
export type WorkOrder =
  | { readonly kind: 'host-sample'; readonly sample: HostSample; readonly at: Instant }
  | { readonly kind: 'stop' };

/** What the work thread tells. */
export type WorkReport = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

export interface WorkInput {
  readonly flags: Flags;
  readonly folder: string;
  /** The store that answers are read from; a changed setting must not part the two threads. */
  readonly store: StoreLocation;
  /** Where published windows lie; for the same reason. */
  readonly published: BlobLocation;
}

export interface WorkStatus {
  readonly running: boolean;
  readonly restarts: number;
  readonly lastError: string | null;
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const STOP_LIMIT = 15_000;

/**
 * Keeps the work thread alive. Reading sources, landing and freezing run there, so that an answer never waits for them; a thread
 * that dies is started again, after growing pauses while it keeps dying.
 */
export class WorkSupervisor implements AsyncDisposable {
  readonly #input: WorkInput;
  readonly #onError: (message: string) => void;
  #worker: Worker | undefined;
  #running = false;
  #restarts = 0;
  #lastError: string | null = null;
  #stopping = false;
  #pause = FIRST_PAUSE;
  #timer: NodeJS.Timeout | undefined;
  #ready: (() => void)[] = [];

  constructor(input: WorkInput, onError: (message: string) => void) {
    this.#input = input;
    this.#onError = onError;
    this.#start();
  }

  get status(): WorkStatus {
    return { running: this.#running, restarts: this.#restarts, lastError: this.#lastError };
  }

  /** Resolves when the thread works, or has failed for the first time. */
  async ready(): Promise<void> {
    if (this.#running || this.#lastError !== null) return;
    await new Promise<void>((resolve) => this.#ready.push(resolve));
  }

  /** Hands over a measurement; dropped while no thread runs: that time is then honestly missing. */
  landHostSample(sample: HostSample, at: Instant): void {
    if (this.#running) this.#order({ kind: 'host-sample', sample, at });
  }

  /** Stops the thread and starts another, which reads the configuration anew. */
  async restart(): Promise<void> {
    await this.#stop();
    this.#pause = FIRST_PAUSE;
    this.#start();
    await this.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  #order(order: WorkOrder): void {
    this.#worker?.postMessage(order);
  }

  #start(): void {
    this.#stopping = false;
    this.#lastError = null;
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: this.#input,
      // Landings are short-lived garbage; the default young generation let the process grow by 120 MB more for nothing.
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
    this.#worker = worker;
    worker.on('message', (report: WorkReport) => {
      if (report.kind === 'ready') {
        this.#running = true;
        this.#pause = FIRST_PAUSE;
        this.#tellReady();
      }
      if (report.kind === 'failed') this.#lastError = report.message;
    });
    worker.on('error', (error) => {
      this.#lastError = (error as Error).message;
    });
    worker.on('exit', () => this.#exited(worker));
  }

  #exited(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#running = false;
    if (this.#stopping) return;
    this.#lastError ??= 'the work thread ended';
    this.#onError(this.#lastError);
    this.#tellReady();
    this.#restarts++;
    this.#timer = setTimeout(() => this.#start(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #tellReady(): void {
    for (const tell of this.#ready) tell();
    this.#ready = [];
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#order({ kind: 'stop' });
    const limit = setTimeout(() => void worker.terminate(), STOP_LIMIT);
    await ended;
    clearTimeout(limit);
  }
}
