import type { RefreshStateBody } from '../api/bodies.ts';
import { isNotFound } from '../api/problem.ts';
import { afterEvent, REFRESH_EVENTS } from './refresh-events.ts';
import { isEnded } from './refresh-state.ts';

type Cancel = () => void;

/** What carries the events of a refresh; an `EventSource` is one. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void;
  close(): void;
}

export interface RefreshPeer {
  openEvents(): EventStream;
  readState(): Promise<RefreshStateBody>;
  after(delay: number, action: () => void): Cancel;
}

export interface RefreshListener {
  /** A newer state; after one that is an end nothing more is heard. */
  heard(body: RefreshStateBody): void;
  /** The connection broke; it is being mended. */
  cut(): void;
  /** The server is there and knows nothing of this refresh any more. */
  lost(): void;
}

const CLOSED = 2;
/** So often the browser may try to mend the stream by itself. */
const TRIES = 3;
const LONGEST_WAIT = 8_000;

/**
 * Follows one refresh to its end by its events. A broken stream is mended by the browser; when that fails, the state is asked for until
 * the server answers, and the stream opened anew.
 */
export class RefreshWatch {
  readonly #peer: RefreshPeer;
  readonly #listener: RefreshListener;
  #body: RefreshStateBody;
  #stream: EventStream | undefined;
  #cancelWait: Cancel = () => {};
  #breaks = 0;
  #polls = 0;
  #ended = false;

  /** `body` is what was answered to the question. */
  constructor(body: RefreshStateBody, peer: RefreshPeer, listener: RefreshListener) {
    this.#body = body;
    this.#peer = peer;
    this.#listener = listener;
  }

  start(): void {
    const stream = this.#peer.openEvents();
    this.#stream = stream;
    for (const name of REFRESH_EVENTS) {
      stream.addEventListener(name, (event) => {
        const body = stream === this.#stream ? afterEvent(this.#body, name, event.data) : undefined;
        if (body) this.#hear(body);
      });
    }
    stream.addEventListener('error', () => {
      if (stream !== this.#stream) return;
      this.#breaks++;
      this.#listener.cut();
      if (stream.readyState === CLOSED || this.#breaks >= TRIES) this.#pollLater(0);
    });
  }

  stop(): void {
    this.#ended = true;
    this.#cancelWait();
    this.#closeStream();
  }

  #hear(body: RefreshStateBody): void {
    if (this.#ended) return;
    this.#breaks = 0;
    this.#polls = 0;
    this.#body = body;
    if (isEnded(body)) this.stop();
    this.#listener.heard(body);
  }

  #pollLater(delay: number): void {
    this.#closeStream();
    this.#cancelWait();
    this.#cancelWait = this.#peer.after(delay, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    try {
      const body = await this.#peer.readState();
      if (this.#ended) return;
      this.#hear(body);
      if (!isEnded(body)) this.start();
    } catch (error) {
      if (this.#ended) return;
      if (isNotFound(error)) {
        this.stop();
        this.#listener.lost();
      } else this.#pollLater(Math.min(LONGEST_WAIT, 1_000 * 2 ** this.#polls++));
    }
  }

  #closeStream(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }
}
