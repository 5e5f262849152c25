import type { Clock } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { type FeedEvent, feedBoundsOfAll, readFeed } from '../store/feed.ts';
import { Connection, type Outlet, type Position } from './connection.ts';
import { eventMessage } from './messages.ts';

const BATCH = 500;
const HEARTBEAT_EVERY = 20_000;

/**
 * The live stream of one org for any number of readers. The feed is durable and read by cursor; commits only wake. One
 * shared tail reads each event once for all; a reader that joins with an older cursor, or falls behind, catches up by itself.
 */
export class LiveFeed {
  readonly #engine: Engine;
  readonly #org: Org;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #connections = new Set<Connection>();
  /** Every event up to here was read for all; undefined while nobody listens. */
  #cursor: number | undefined;
  #reading = false;
  #readAgain = false;
  #stop = (): void => {};
  #closed = false;

  /** `onError` hears of failed reads; streams stay open and the next wake reads on. */
  constructor(engine: Engine, org: Org, clock: Clock, onError: (error: unknown) => void) {
    this.#engine = engine;
    this.#org = org;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Number of open streams. */
  get size(): number {
    return this.#connections.size;
  }

  /**
   * Where a reader that has seen everything up to `after` goes on; without `after` it begins now. The bounds of all orgs count:
   * sequence numbers are shared, so the cursor of a quiet org may lie before its own first event without a loss.
   */
  async position(after: number | undefined): Promise<Position> {
    const { first, last } = await feedBoundsOfAll(this.#engine.reader);
    const now = this.#cursor ?? last;
    if (after === undefined) return { cursor: now, last, lost: undefined };
    if (after < first - 1) return { cursor: now, last, lost: 'cursor-too-old' };
    if (after > last) return { cursor: now, last, lost: 'cursor-unknown' };
    return { cursor: after, last, lost: undefined };
  }

  /** Streams to `outlet` from a position on; the returned function takes it out again. */
  connect(outlet: Outlet, position: Position): () => void {
    const connection = new Connection(outlet, position, this.#clock, () => this.#leave(connection));
    this.#connections.add(connection);
    connection.greet();
    if (this.#closed) connection.end();
    else this.#start(position.last, connection);
    return () => connection.end();
  }

  /** Ends all streams; later ones end at once. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.end();
  }

  #start(last: number, connection: Connection): void {
    if (this.#cursor === undefined) {
      this.#cursor = last;
      const unsubscribe = this.#engine.onCommit(() => this.#wake());
      const stopHeart = this.#beat();
      this.#stop = () => {
        unsubscribe();
        stopHeart();
      };
    }
    // Also for the first reader: something may have been committed since its position was taken.
    this.#wake();
    this.#bringUp(connection);
  }

  #leave(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    this.#stop();
    this.#stop = () => {};
    this.#cursor = undefined;
  }

  /** Beats for all streams at once. It wakes the tail as well, should a notification ever be lost. */
  #beat(): () => void {
    let cancel = (): void => {};
    const beat = (): void => {
      cancel = this.#clock.after(HEARTBEAT_EVERY, beat);
      for (const connection of this.#connections) connection.beat();
      this.#wake();
    };
    cancel = this.#clock.after(HEARTBEAT_EVERY, beat);
    return () => cancel();
  }

  #wake(): void {
    this.#readAgain = true;
    if (!this.#reading) this.#readOn().catch(this.#onError);
  }

  async #readOn(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#readAgain && this.#cursor !== undefined) {
        this.#readAgain = false;
        const events = await readFeed(this.#engine.reader, this.#org.number, this.#cursor, BATCH);
        if (events.length === BATCH) this.#readAgain = true;
        this.#deliver(events);
      }
    } finally {
      // In the same breath as the last look at `readAgain`: a wake in between would be lost.
      this.#reading = false;
    }
  }

  #deliver(events: readonly FeedEvent[]): void {
    const last = events.at(-1);
    if (!last || this.#cursor === undefined) return;
    this.#cursor = Math.max(this.#cursor, last.seq);
    const messages = events.map(toMessage);
    for (const connection of this.#connections) {
      if (!connection.joined) continue;
      if (connection.isBehind) this.#bringUp(connection);
      else connection.deliver(messages);
    }
  }

  #bringUp(connection: Connection): void {
    connection.joined = false;
    this.#catchUp(connection).catch((error: unknown) => {
      this.#onError(error);
      // It comes back by itself, and goes on where it stood.
      connection.end();
    });
  }

  /**
   * Reads for one connection, at its own pace, up to the tail and joins it there. Never past the tail: an event may be handed out only after the
   * commit was announced in this process, or a reader would ask for data that answers do not know of yet.
   */
  async #catchUp(connection: Connection): Promise<void> {
    for (;;) {
      await connection.drained();
      if (connection.ended || this.#cursor === undefined) return;
      const tail = this.#cursor;
      if (connection.cursor >= tail) {
        connection.joined = true;
        return;
      }
      const events = await readFeed(this.#engine.reader, this.#org.number, connection.cursor, BATCH);
      connection.deliver(events.filter(({ seq }) => seq <= tail).map(toMessage));
      if (events.length < BATCH) connection.moveTo(tail);
    }
  }
}

const toMessage = (event: FeedEvent) => ({ seq: event.seq, text: eventMessage(event) });
