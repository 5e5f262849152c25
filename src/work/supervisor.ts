import type { BlobLocation } from '../blobs/location.ts';
import type { Flags } from '../config.ts';
import type { Instant } from '../domain/time.ts';
import type { HostSample } from '../sources/host.ts';
import type { StoreLocation } from '../store/open.ts';
import { ThreadKeeper, type ThreadStatus } from './thread-keeper.ts';

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

/**
 * Keeps the work thread alive. Reading sources, landing and freezing run there, so that an answer never waits for them.
 */
export class WorkSupervisor implements AsyncDisposable {
  readonly #thread: ThreadKeeper<WorkOrder, WorkReport>;

  constructor(input: WorkInput, onError: (message: string) => void) {
    this.#thread = new ThreadKeeper<WorkOrder, WorkReport>({
      entry: new URL('./thread.ts', import.meta.url),
      data: input,
      // Landings are short-lived garbage; the default young generation let the process grow by 120 MB more for nothing.
      limits: { maxYoungGenerationSizeMb: 32 },
      stopOrder: { kind: 'stop' },
      onNews: () => {},
      onEnd: onError,
    });
  }

  get status(): ThreadStatus {
    return this.#thread.status;
  }

  /** Resolves when the thread works, or has failed for the first time. */
  ready(): Promise<void> {
    return this.#thread.ready();
  }

  /** Hands over a measurement; dropped while no thread runs: that time is then honestly missing. */
  landHostSample(sample: HostSample, at: Instant): void {
    if (this.status.running) this.#thread.order({ kind: 'host-sample', sample, at });
  }

  /** Stops the thread and starts another, which reads the configuration anew. */
  restart(): Promise<void> {
    return this.#thread.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
  }
}
