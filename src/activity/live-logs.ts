import type { Clock } from '../domain/time.ts';
import { type LiveMessage, LiveReader } from '../live/live-reader.ts';
import type { Engine } from '../store/engine.ts';
import { findEventStream, readEventsAfter } from '../store/event-log.ts';
import { eventBody, idsOf } from './event-body.ts';
import type { IdentityDirectory, Place } from './identities/directory.ts';

/** Names that take longer to find come with later events. */
const NAME_PATIENCE = 500;
/**
 * Milliseconds to gather events for one delivery, for each open stream: a write to 500 sockets at each of 200 events a second would take
 * more than a core.
 */
const GATHER_PER_STREAM = 0.2;
const LONGEST_GATHER = 250;
const FEW_STREAMS = 50;

export interface LiveLogsOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly identities: IdentityDirectory;
  readonly longestReplay: number;
  readonly onError: (error: unknown) => void;
}

/** The live streams of logs: one shared reader for each log, and another for those who want names. */
export class LiveLogs {
  readonly #options: LiveLogsOptions;
  readonly #readers = new Map<string, LiveReader>();
  #closed = false;

  constructor(options: LiveLogsOptions) {
    this.#options = options;
  }

  /** Number of open streams. */
  get size(): number {
    return [...this.#readers.values()].reduce((total, { size }) => total + size, 0);
  }

  /** The reader of a log, which need not hold an event yet. Connect to it in the same turn as its position is known. */
  of(place: Place, withNames: boolean): LiveReader {
    const key = `${place.org} ${withNames} ${place.stream}`;
    const reader = this.#readers.get(key) ?? this.#open(place, withNames);
    // Readers that nobody listens to cost nothing but their place in the map.
    for (const [other, { size }] of this.#readers)
      if (size === 0 && this.#readers.size > 1_000) this.#readers.delete(other);
    this.#readers.set(key, reader);
    if (this.#closed) reader.close();
    return reader;
  }

  /** Ends all streams; later ones end at once. */
  close(): void {
    this.#closed = true;
    for (const reader of this.#readers.values()) reader.close();
  }

  #open(place: Place, withNames: boolean): LiveReader {
    const { engine, clock, identities, longestReplay, onError } = this.#options;
    let number: number | undefined;
    const find = async (): Promise<{ number: number; lastSeq: number } | undefined> => {
      const stream = await findEventStream(engine.reader, place.org, place.stream);
      number = stream?.number;
      return stream;
    };
    return new LiveReader({
      engine,
      clock,
      onError,
      longestReplay,
      gatherFor: (streams) => (streams <= FEW_STREAMS ? 0 : Math.min(LONGEST_GATHER, streams * GATHER_PER_STREAM)),
      log: {
        bounds: async () => ({ first: 1, last: (await find())?.lastSeq ?? 0 }),
        read: async (after, limit): Promise<readonly LiveMessage[]> => {
          number ??= (await find())?.number;
          if (number === undefined) return [];
          const events = await readEventsAfter(engine.reader, number, after, limit);
          if (!withNames || events.length === 0)
            return events.map((event) => messageOf(event.seq, eventBody(event, place.stream)));
          const { identities: known, warnings } = await identities.resolve(place, idsOf(events), NAME_PATIENCE);
          return events.map((event) => {
            const own = [...known].filter(([id]) => id === event.actor || id === event.subject);
            return messageOf(event.seq, {
              ...eventBody(event, place.stream, known),
              identities: Object.fromEntries(own),
              warnings,
            });
          });
        },
      },
    });
  }
}

const messageOf = (seq: number, body: object): LiveMessage => ({
  seq,
  text: `id: ${seq}\nevent: action\ndata: ${JSON.stringify(body)}\n\n`,
});
