import type { Clock } from '../domain/time.ts';
import type { Engine } from '../store/engine.ts';
import { Connection, type Outlet, type Position } from './connection.ts';

const BATCH = 500;
const HEARTBEAT_EVERY = 20_000;

/** A durable sequence of messages that is read by cursor. */
export interface LiveLog {
  /** The first and last sequence numbers that are held; `last` is 0 when there is none. */
  bounds(): Promise<{ readonly first: number; readonly last: number }>;
  /** Messages after a cursor, in order; fewer than `limit` only where no more can be read now. */
  read(after: number, limit: number): Promise<readonly LiveMessage[]>;
}

export interface LiveMessage {
  readonly seq: number;
  readonly text: string;
}

export interface LiveReaderOptions {
  readonly engine: Pick<Engine, 'onCommit'>;
  readonly log: LiveLog;
  readonly clock: Clock;
  /** Hears of failed reads; streams stay open and the next wake reads on. */
  readonly onError: (error: unknown) => void;
  /** A cursor further behind than so many messages counts as too old; any that is held may catch up when left out. */
  readonly longestReplay?: number;
  /** Milliseconds to gather commits for one delivery, by the number of streams; each is delivered at once when left out. */
  readonly gatherFor?: (streams: number) => number;
}

/**
 * A durable sequence as a live stream for any number of readers. It is read by cursor; commits only wake. One shared tail reads each
 * message once for all; a reader that joins with an older cursor, or falls behind, catches up by itself.
 */
export class LiveReader {
  readonly #engine: Pick<Engine, 'onCommit'>;
  readonly #log: LiveLog;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #longestReplay: number;
  readonly #gatherFor: (streams: number) => number;
  readonly #connections = new Set<Connection>();
  /** Every message up to here was read for all; undefined while nobody listens. */
  #cursor: number | undefined;
  #reading = false;
  #readAgain = false;
  #stop = (): void => {};
  #closed = false;

  constructor({ engine, log, clock, onError, longestReplay, gatherFor }: LiveReaderOptions) {
    this.#engine = engine;
    this.#log = log;
    this.#clock = clock;
    this.#onError = onError;
    this.#longestReplay = longestReplay ?? Number.POSITIVE_INFINITY;
    this.#gatherFor = gatherFor ?? (() => 0);
  }

  /** Number of open streams. */
  get size(): number {
    return this.#connections.size;
  }

  /** Where a reader that has seen everything up to `after` goes on; without `after` it begins now. */
  async position(after: number | undefined): Promise<Position> {
    const { first, last } = await this.#log.bounds();
    const now = this.#cursor ?? last;
    if (after === undefined) return { cursor: now, last, lost: undefined };
    if (after < first - 1 || last - after > this.#longestReplay) return { cursor: now, last, lost: 'cursor-too-old' };
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
        const messages = await this.#log.read(this.#cursor, BATCH);
        if (messages.length === BATCH) this.#readAgain = true;
        this.#deliver(messages);
        const pause = messages.length === 0 ? 0 : this.#gatherFor(this.#connections.size);
        if (pause > 0) await new Promise<void>((resolve) => this.#clock.after(pause, resolve));
      }
    } finally {
      // In the same breath as the last look at `readAgain`: a wake in between would be lost.
      this.#reading = false;
    }
  }

  #deliver(messages: readonly LiveMessage[]): void {
    const last = messages.at(-1);
    if (!last || this.#cursor === undefined) return;
    this.#cursor = Math.max(this.#cursor, last.seq);
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
   * Reads for one connection, at its own pace, up to the tail and joins it there. Never past the tail: a message may be handed out only after the
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
      const messages = await this.#log.read(connection.cursor, BATCH);
      connection.deliver(messages.filter(({ seq }) => seq <= tail));
      if (messages.length < BATCH) connection.moveTo(tail);
    }
  }
}
