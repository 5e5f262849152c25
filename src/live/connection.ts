import type { Clock } from '../domain/time.ts';
import { HEARTBEAT_MESSAGE, helloMessage, type ResetReason, resetMessage } from './messages.ts';

/** Where a stream begins. */
export interface Position {
  readonly cursor: number;
  /** The end of the feed at that moment. */
  readonly last: number;
  /** Why the reader must forget what it holds, if it must. */
  readonly lost: ResetReason | undefined;
}

/** Where messages go, whatever carries them. */
export interface Outlet {
  /** Bytes handed over that the other side has not taken yet. */
  readonly backlog: number;
  write(text: string): void;
  /** Resolves when the backlog was taken, or can never be. */
  drained(): Promise<void>;
  /** Sends what is left and closes. */
  end(): void;
}

/** A reader with more than this outstanding gets nothing more before it has taken it; the feed keeps the rest for it. */
export const BACKLOG_LIMIT = 256 * 1024;
/** How long a reader may take for what is outstanding before it is cut off. */
const DRAIN_LIMIT = 30_000;

/** One reader of the live feed and how far it has come. */
export class Connection {
  readonly #outlet: Outlet;
  readonly #position: Position;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #cursor: number;
  #ended = false;
  /** Whether the shared tail delivers to it. */
  joined = false;

  constructor(outlet: Outlet, position: Position, clock: Clock, onEnd: () => void) {
    this.#outlet = outlet;
    this.#position = position;
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.#cursor = position.cursor;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get ended(): boolean {
    return this.#ended;
  }

  greet(): void {
    const { cursor, lost } = this.#position;
    this.write(lost ? helloMessage(cursor) + resetMessage(lost, cursor) : helloMessage(cursor));
  }

  /** Hands over what is newer than the own place, in one write. */
  deliver(messages: readonly { readonly seq: number; readonly text: string }[]): void {
    let text = '';
    for (const message of messages) if (message.seq > this.#cursor) text += message.text;
    if (text !== '') this.write(text);
    this.moveTo(messages.at(-1)?.seq ?? this.#cursor);
  }

  moveTo(cursor: number): void {
    this.#cursor = Math.max(this.#cursor, cursor);
  }

  write(text: string): void {
    if (!this.#ended) this.#outlet.write(text);
  }

  /** Keeps the stream from looking dead; one that has something outstanding does not. */
  beat(): void {
    if (this.#outlet.backlog === 0) this.write(HEARTBEAT_MESSAGE);
  }

  /** Whether it must take what is outstanding before it is given more. */
  get isBehind(): boolean {
    return this.#outlet.backlog > BACKLOG_LIMIT;
  }

  /** Resolves when the reader took what it was given, or was cut off because it did not. */
  async drained(): Promise<void> {
    if (this.#ended || this.#outlet.backlog === 0) return;
    const cancel = this.#clock.after(DRAIN_LIMIT, () => this.#cutOff());
    await this.#outlet.drained();
    cancel();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    this.#outlet.end();
  }

  #cutOff(): void {
    if (this.#ended) return;
    this.#outlet.write(resetMessage('slow-reader', this.#cursor));
    this.end();
  }
}
