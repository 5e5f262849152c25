import { type ResourceLimits, Worker } from 'node:worker_threads';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const STOP_LIMIT = 15_000;

/** What every thread tells: that it works, or why it cannot. */
type LifeSign = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

export interface KeptThread<Order, News> {
  readonly entry: URL;
  readonly data: unknown;
  readonly limits: ResourceLimits;
  readonly stopOrder: Order;
  onNews(news: News): void;
  /** The thread ended without having been told to; it is started again. */
  onEnd(message: string): void;
}

export interface ThreadStatus {
  readonly running: boolean;
  readonly restarts: number;
  readonly lastError: string | null;
}

/** Keeps a thread alive: one that dies is started again, after growing pauses while it keeps dying. */
export class ThreadKeeper<Order, News extends { readonly kind: string }> implements AsyncDisposable {
  readonly #thread: KeptThread<Order, News | LifeSign>;
  #worker: Worker | undefined;
  #running = false;
  #restarts = 0;
  #lastError: string | null = null;
  #stopping = false;
  #pause = FIRST_PAUSE;
  #timer: NodeJS.Timeout | undefined;
  #ready: (() => void)[] = [];

  constructor(thread: KeptThread<Order, News | LifeSign>) {
    this.#thread = thread;
    this.#start();
  }

  get status(): ThreadStatus {
    return { running: this.#running, restarts: this.#restarts, lastError: this.#lastError };
  }

  /** Resolves when the thread works, or has failed for the first time. */
  async ready(): Promise<void> {
    if (this.#running || this.#lastError !== null) return;
    await new Promise<void>((resolve) => this.#ready.push(resolve));
  }

  /** Buffers in `transferred` are handed over and not copied. */
  order(order: Order, transferred: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(order, transferred);
  }

  /** Stops the thread and starts another. */
  async restart(): Promise<void> {
    await this.#stop();
    this.#pause = FIRST_PAUSE;
    this.#start();
    await this.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  #start(): void {
    this.#stopping = false;
    this.#lastError = null;
    const { entry, data, limits } = this.#thread;
    const worker = new Worker(entry, { workerData: data, resourceLimits: limits });
    this.#worker = worker;
    worker.on('message', (news: News | LifeSign) => {
      if (news.kind === 'ready') {
        this.#running = true;
        this.#pause = FIRST_PAUSE;
        this.#tellReady();
      }
      if (news.kind === 'failed') this.#lastError = (news as { message: string }).message;
      this.#thread.onNews(news);
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
    this.#lastError ??= 'the thread ended';
    this.#thread.onEnd(this.#lastError);
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
    this.order(this.#thread.stopOrder);
    const limit = setTimeout(() => void worker.terminate(), STOP_LIMIT);
    await ended;
    clearTimeout(limit);
  }
}
