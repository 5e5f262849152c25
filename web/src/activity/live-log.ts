import type { LogEvent } from './bodies.ts';

/** The newest events of a log as the page holds them. */
export interface LiveLog {
  /** Newest first; at most `MOST_SHOWN`. */
  readonly shown: readonly LogEvent[];
  /** What came while it was paused, newest first. */
  readonly held: readonly LogEvent[];
  /** How many came while it was paused, also those that are no longer held. */
  readonly heldCount: number;
  readonly paused: boolean;
  /** Everything up to here was heard; null before the first page. */
  readonly cursor: number | null;
}

export const MOST_SHOWN = 300;

export const EMPTY_LOG: LiveLog = { shown: [], held: [], heldCount: 0, paused: false, cursor: null };

/** Begins anew with a page; a pause goes on, over the new page. */
export const withPage = (log: LiveLog, items: readonly LogEvent[], cursor: number): LiveLog => ({
  ...EMPTY_LOG,
  paused: log.paused,
  shown: items.slice(0, MOST_SHOWN),
  cursor,
});

/** Takes an event of the stream up; one that was heard already changes nothing. */
export function withEvent(log: LiveLog, event: LogEvent): LiveLog {
  if (log.cursor !== null && event.seq <= log.cursor) return log;
  const cursor = event.seq;
  if (!log.paused) return { ...log, cursor, shown: [event, ...log.shown].slice(0, MOST_SHOWN) };
  return { ...log, cursor, held: [event, ...log.held].slice(0, MOST_SHOWN), heldCount: log.heldCount + 1 };
}

export const paused = (log: LiveLog): LiveLog => ({ ...log, paused: true });

/** Shows what came meanwhile and goes on. */
export const resumed = (log: LiveLog): LiveLog => ({
  ...log,
  paused: false,
  shown: [...log.held, ...log.shown].slice(0, MOST_SHOWN),
  held: [],
  heldCount: 0,
});

/** What is looked for in a log. */
export interface LogFilter {
  readonly type: string;
  /** Part of an id or of a name, in any case. */
  readonly who: string;
}

export function matches(event: LogEvent, { type, who }: LogFilter): boolean {
  if (type !== '' && event.type !== type) return false;
  const part = who.trim().toLowerCase();
  if (part === '') return true;
  return [event.actor, event.subject, event.display_name].some((text) => text?.toLowerCase().includes(part));
}
