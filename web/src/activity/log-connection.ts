import { serverNow } from '../api/server-clock.ts';
import type { Instant } from '../time/spans.ts';
import type { LogEvent } from './bodies.ts';
import { EMPTY_LOG, type LiveLog, MOST_SHOWN, paused, resumed, withEvent, withPage } from './live-log.ts';
import { newestEvents } from './queries.ts';

export interface LogView {
  readonly log: LiveLog;
  /** `down`: the stream is broken and being opened again. */
  readonly state: 'connecting' | 'live' | 'down';
  /** Since when it has been so. */
  readonly since: Instant;
  /** Why the first page could not be read. */
  readonly error: unknown;
}

const LONGEST_WAIT = 15_000;

/** One log, live: a page, then the stream from its cursor on, and the same again whenever the stream cannot go on by itself. */
export class LogConnection {
  readonly #stream: string;
  readonly #subscribers = new Set<() => void>();
  #view: LogView = { log: EMPTY_LOG, state: 'connecting', since: serverNow(), error: undefined };
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #stopped = false;

  constructor(stream: string) {
    this.#stream = stream;
  }

  start(): () => void {
    this.#stopped = false;
    void this.#begin();
    addEventListener('offline', this.#onOffline);
    addEventListener('online', this.#onOnline);
    return () => {
      this.#stopped = true;
      removeEventListener('offline', this.#onOffline);
      removeEventListener('online', this.#onOnline);
      clearTimeout(this.#timer);
      this.#source?.close();
      this.#source = undefined;
    };
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  };

  readonly view = (): LogView => this.#view;

  pause(): void {
    this.#show({ log: paused(this.#view.log) });
  }

  resume(): void {
    this.#show({ log: resumed(this.#view.log) });
  }

  async #begin(): Promise<void> {
    this.#source?.close();
    try {
      const { items, cursor, identities } = await newestEvents(this.#stream, MOST_SHOWN);
      if (this.#stopped) return;
      this.#show({
        log: withPage(
          this.#view.log,
          items.map((event) => ({ ...event, identities })),
          cursor,
        ),
        error: undefined,
      });
      this.#open();
    } catch (error) {
      if (this.#stopped) return;
      this.#become('down');
      this.#show({ error });
      this.#later(() => void this.#begin());
    }
  }

  #open(): void {
    this.#source?.close();
    const parameters = new URLSearchParams({
      guild_id: this.#stream,
      expand: 'identity',
      after: String(this.#view.log.cursor ?? 0),
    });
    const source = new EventSource(`/api/logs/stream?${parameters}`);
    this.#source = source;
    source.addEventListener('hello', () => {
      this.#failures = 0;
      this.#become('live');
    });
    source.addEventListener('action', ({ data }: MessageEvent<string>) => {
      this.#show({ log: withEvent(this.#view.log, JSON.parse(data) as LogEvent) });
    });
    source.addEventListener('reset', () => void this.#begin());
    source.addEventListener('error', () => {
      this.#become('down');
      // A refused stream stays closed; only a broken one is opened again by the browser, from the last id on.
      if (source.readyState === EventSource.CLOSED) this.#later(() => this.#open());
    });
  }

  /** A browser that lost its network tells so at once; the connection itself would seem open for minutes. */
  readonly #onOffline = (): void => {
    this.#source?.close();
    this.#become('down');
  };

  readonly #onOnline = (): void => {
    this.#failures = 0;
    this.#later(() => (this.#view.log.cursor === null ? void this.#begin() : this.#open()));
  };

  #later(action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, Math.min(LONGEST_WAIT, 1_000 * 2 ** this.#failures++));
  }

  #become(state: LogView['state']): void {
    if (this.#view.state !== state) this.#show({ state, since: serverNow() });
  }

  #show(change: Partial<LogView>): void {
    this.#view = { ...this.#view, ...change };
    for (const changed of this.#subscribers) changed();
  }
}
