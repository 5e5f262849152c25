import { serverNow } from '../api/server-clock.ts';
import type { Instant } from '../time/spans.ts';
import { FEED_KINDS, type FeedEvent, readFeedEvent } from './feed-event.ts';

export interface LiveState {
  readonly live: boolean;
  /** Since when it has been so; null before the first connection. */
  readonly since: Instant | null;
}

interface Listener {
  event(event: FeedEvent): void;
  /** What was read before this moment may be out of date. */
  refetchAll(): void;
}

const HIDDEN_PATIENCE = 60_000;
const LONGEST_WAIT = 15_000;

/** The one stream of the page. Reconnects for ever, and refetches after each break instead of trusting a resumed cursor. */
export class FeedConnection {
  readonly #listener: Listener;
  readonly #subscribers = new Set<() => void>();
  #state: LiveState = { live: false, since: null };
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  start(): () => void {
    this.#open();
    document.addEventListener('visibilitychange', this.#onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', this.#onVisibility);
      this.#close();
    };
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  };

  readonly state = (): LiveState => this.#state;

  #open(): void {
    this.#close();
    const source = new EventSource('/api/feed');
    this.#source = source;
    source.addEventListener('hello', () => {
      this.#failures = 0;
      this.#become(true);
      this.#listener.refetchAll();
    });
    source.addEventListener('reset', () => this.#listener.refetchAll());
    for (const kind of FEED_KINDS) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        const event = readFeedEvent(data);
        if (event) this.#listener.event(event);
      });
    }
    source.addEventListener('error', () => {
      this.#become(false);
      // A refused stream stays closed; only a broken one is opened again by the browser.
      if (source.readyState === EventSource.CLOSED) this.#openLater();
    });
  }

  #openLater(): void {
    clearTimeout(this.#timer);
    const wait = Math.min(LONGEST_WAIT, 1_000 * 2 ** this.#failures++);
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  /** A browser keeps six connections to a server over HTTP/1: hidden tabs give theirs back. */
  readonly #onVisibility = (): void => {
    clearTimeout(this.#timer);
    if (document.hidden) this.#timer = setTimeout(() => this.#close(), HIDDEN_PATIENCE);
    else if (this.#source === undefined || this.#source.readyState === EventSource.CLOSED) this.#open();
  };

  #become(live: boolean): void {
    if (this.#state.live === live && this.#state.since !== null) return;
    this.#state = { live, since: serverNow() };
    for (const changed of this.#subscribers) changed();
  }
}
