import type { Clock } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { LiveFeed } from './live-feed.ts';

/** The live feeds of all orgs, each made when somebody first listens to it. */
export class LiveFeeds {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #feeds = new Map<number, LiveFeed>();
  #closed = false;

  /** `onError` hears of failed reads; streams stay open and the next wake reads on. */
  constructor(engine: Engine, clock: Clock, onError: (error: unknown) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Number of open streams over all orgs. */
  get size(): number {
    let size = 0;
    for (const feed of this.#feeds.values()) size += feed.size;
    return size;
  }

  of(org: Org): LiveFeed {
    const known = this.#feeds.get(org.number);
    if (known) return known;
    const feed = new LiveFeed(this.#engine, org, this.#clock, this.#onError);
    if (this.#closed) feed.close();
    this.#feeds.set(org.number, feed);
    return feed;
  }

  /** Ends all streams; later ones end at once. */
  close(): void {
    this.#closed = true;
    for (const feed of this.#feeds.values()) feed.close();
  }
}
