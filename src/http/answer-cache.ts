import { compress } from './compression.ts';

/** Bookkeeping of an entry in bytes, beside its body. */
const OVERHEAD = 600;

/** A serialised answer, ready to be written. */
export class CachedAnswer {
  readonly body: Buffer;
  /** Every bucket is closed: only a restatement can change it. */
  readonly frozen: boolean;
  #packed: Buffer | undefined;
  #packing: Promise<Buffer> | undefined;

  constructor(body: Buffer, frozen: boolean) {
    this.body = body;
    this.frozen = frozen;
  }

  /** The gzipped body where it is made already. */
  get packed(): Buffer | undefined {
    return this.#packed;
  }

  /** Gzips the body once, off the main thread; callers at the same time share the work. */
  async pack(): Promise<Buffer> {
    if (this.#packed) return this.#packed;
    this.#packing ??= compress(this.body);
    this.#packed = await this.#packing;
    this.#packing = undefined;
    return this.#packed;
  }

  get bytes(): number {
    // The packed copy is about a quarter; counting it from the start keeps an entry's size constant.
    return OVERHEAD + Math.ceil(this.body.byteLength * 1.25);
  }
}

export interface CacheStatistics {
  readonly hits: number;
  readonly misses: number;
  readonly bytes: number;
}

/**
 * Serialised answers by key, least recently used out first. A key names everything that the answer depends on, so an entry is
 * never wrong, only no longer asked for. However many ask for one key at once, it is computed once.
 */
export class AnswerCache {
  readonly #limit: number;
  readonly #entries = new Map<string, CachedAnswer>();
  readonly #computing = new Map<string, Promise<CachedAnswer>>();
  #bytes = 0;
  #hits = 0;
  #misses = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get statistics(): CacheStatistics {
    return { hits: this.#hits, misses: this.#misses, bytes: this.#bytes };
  }

  /** The entry of a key, at once where it is held. A failed computation is not kept. */
  get(key: string, compute: () => Promise<CachedAnswer>): CachedAnswer | Promise<CachedAnswer> {
    const found = this.#entries.get(key);
    if (found) {
      this.#hits++;
      this.#entries.delete(key);
      this.#entries.set(key, found);
      return found;
    }
    const computing = this.#computing.get(key);
    if (computing !== undefined) {
      this.#hits++;
      return computing;
    }
    this.#misses++;
    const started = this.#compute(key, compute);
    this.#computing.set(key, started);
    return started;
  }

  async #compute(key: string, compute: () => Promise<CachedAnswer>): Promise<CachedAnswer> {
    try {
      const answer = await compute();
      this.#keep(key, answer);
      return answer;
    } finally {
      this.#computing.delete(key);
    }
  }

  #keep(key: string, answer: CachedAnswer): void {
    if (answer.bytes > this.#limit / 4) return;
    this.#entries.set(key, answer);
    this.#bytes += answer.bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#limit) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }
}
