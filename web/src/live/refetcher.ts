type Cancel = () => void;

/** The cache as the refetcher needs it; `hash` names a query. */
export interface Refetchable {
  refetch(hash: string): void;
  isFetching(hash: string): boolean;
  now(): number;
  after(delay: number, action: () => void): Cancel;
}

/** Long enough to gather the events of one transaction. */
const GATHER = 80;

/**
 * Turns any number of "this has changed" into few refetches: the first soon, the next at the earliest when the query's
 * own pause is over. A change that comes while an answer is on its way counts anew, because that answer may not hold it.
 */
export class Refetcher {
  readonly #cache: Refetchable;
  readonly #waiting = new Map<string, Cancel>();
  readonly #last = new Map<string, number>();

  constructor(cache: Refetchable) {
    this.#cache = cache;
  }

  changed(hash: string, pause: number): void {
    if (this.#waiting.has(hash)) return;
    const earliest = (this.#last.get(hash) ?? Number.NEGATIVE_INFINITY) + pause;
    this.#wait(hash, pause, Math.max(GATHER, earliest - this.#cache.now()));
  }

  stop(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #wait(hash: string, pause: number, delay: number): void {
    const cancel = this.#cache.after(delay, () => {
      if (this.#cache.isFetching(hash)) {
        this.#wait(hash, pause, GATHER);
        return;
      }
      this.#waiting.delete(hash);
      this.#last.set(hash, this.#cache.now());
      this.#cache.refetch(hash);
    });
    this.#waiting.set(hash, cancel);
  }
}
