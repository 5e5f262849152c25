import type { Clock } from '../domain/time.ts';
import { BlobError } from './blob-error.ts';
import type { BlobEntry, Blobs, ListRequest, ReadRequest, WriteOptions } from './blobs.ts';

/** Durations in milliseconds. */
export interface RetryPolicy {
  /** How often one request is made at most. */
  readonly attempts: number;
  /** How long one attempt may take. */
  readonly attemptTimeout: number;
  /** The wait after the first failure; it doubles with each further one. */
  readonly firstWait: number;
  readonly longestWait: number;
}

/** Gives up after about 20 s of refusals, or after as long as the other side asks to wait. */
const DEFAULT_RETRIES: RetryPolicy = {
  attempts: 7,
  attemptTimeout: 30_000,
  firstWait: 200,
  longestWait: 10_000,
};

/** No server may make us wait longer than this for one request. */
const LONGEST_RETRY_AFTER = 60_000;

/**
 * The same objects with patience: requests that fail for a passing reason are made again, after exponentially longer waits
 * with jitter or as long as the other side asks. The last failure is thrown as it came.
 */
export class RetryingBlobs implements Blobs {
  readonly location: string;
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  readonly #policy: RetryPolicy;

  constructor(blobs: Blobs, clock: Clock, policy: RetryPolicy = DEFAULT_RETRIES) {
    this.location = blobs.location;
    this.#blobs = blobs;
    this.#clock = clock;
    this.#policy = policy;
  }

  /** A failed page is asked for again, from the last key that arrived. */
  async *list(request: ListRequest = {}): AsyncGenerator<readonly BlobEntry[]> {
    let { startAfter } = request;
    let listing: Listing | undefined;
    const nextPage = async (attempt: AbortSignal): Promise<readonly BlobEntry[] | undefined> => {
      listing ??= new Listing(this.#blobs, startAfter === undefined ? request : { ...request, startAfter });
      try {
        return await listing.next(attempt);
      } catch (error) {
        listing = undefined;
        throw error;
      }
    };
    try {
      for (;;) {
        const page = await this.#retry(request.signal, nextPage);
        if (!page) return;
        yield page;
        startAfter = page.at(-1)?.key ?? startAfter;
      }
    } finally {
      await listing?.stop();
    }
  }

  read(key: string, request: ReadRequest): Promise<Uint8Array> {
    return this.#retry(request.signal, (signal) => this.#blobs.read(key, { ...request, signal }));
  }

  write(key: string, body: Uint8Array, { headers, signal }: WriteOptions = {}): Promise<void> {
    const named = headers ? { headers } : {};
    return this.#retry(signal, (attempt) => this.#blobs.write(key, body, { ...named, signal: attempt }));
  }

  move(from: string, to: string, signal?: AbortSignal): Promise<void> {
    return this.#retry(signal, (attempt) => this.#blobs.move(from, to, attempt));
  }

  remove(key: string, signal?: AbortSignal): Promise<void> {
    return this.#retry(signal, (attempt) => this.#blobs.remove(key, attempt));
  }

  check(access: 'read' | 'write', signal?: AbortSignal): Promise<void> {
    return this.#retry(signal, (attempt) => this.#blobs.check(access, attempt));
  }

  close(): void {
    this.#blobs.close();
  }

  async #retry<Result>(
    outer: AbortSignal | undefined,
    request: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(outer, request);
      } catch (error) {
        const worthIt = error instanceof BlobError && error.retryable && attempt < this.#policy.attempts;
        if (!worthIt) throw error;
        await this.#wait(this.#waitAfter(attempt, error), outer);
      }
    }
  }

  async #attempt<Result>(
    outer: AbortSignal | undefined,
    request: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const controller = new AbortController();
    const { attemptTimeout } = this.#policy;
    const stop = this.#clock.after(attemptTimeout, () => {
      controller.abort(new BlobError('timeout', `${this.location} did not answer within ${attemptTimeout / 1_000} s`));
    });
    const pass = () => controller.abort(outer?.reason);
    outer?.throwIfAborted();
    outer?.addEventListener('abort', pass, { once: true });
    try {
      return await request(controller.signal);
    } finally {
      stop();
      outer?.removeEventListener('abort', pass);
    }
  }

  #waitAfter(attempt: number, { retryAfter }: BlobError): number {
    const { firstWait, longestWait } = this.#policy;
    // Half fixed, half random: clients that failed together must not come back together.
    const backoff = Math.min(longestWait, firstWait * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
    return Math.max(backoff, Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER));
  }

  async #wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const stop = this.#clock.after(milliseconds, () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      });
      const cancel = () => {
        stop();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }
}

/** One run through a listing, whose pages are each awaited under a signal of their own. */
class Listing {
  readonly #controller = new AbortController();
  readonly #pages: AsyncIterator<readonly BlobEntry[]>;

  constructor(blobs: Blobs, request: ListRequest) {
    this.#pages = blobs.list({ ...request, signal: this.#controller.signal })[Symbol.asyncIterator]();
  }

  async next(signal: AbortSignal): Promise<readonly BlobEntry[] | undefined> {
    const pass = () => this.#controller.abort(signal.reason);
    signal.addEventListener('abort', pass, { once: true });
    try {
      const { value, done } = await this.#pages.next();
      return done ? undefined : value;
    } finally {
      signal.removeEventListener('abort', pass);
    }
  }

  async stop(): Promise<void> {
    await this.#pages.return?.();
  }
}
