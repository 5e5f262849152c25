import { eventBody, idsOf } from '../activity/event-body.ts';
import type { IdentityDirectory, Place } from '../activity/identities/directory.ts';
import { csv } from '../domain/csv.ts';
import { toIso } from '../domain/time.ts';
import type { Database } from '../store/engine.ts';
import { type EventFilter, findEvents, type StoredEvent } from '../store/event-log.ts';

const PAGE = 1_000;
const COLUMNS = ['seq', 'id', 'stream', 'type', 'actor', 'subject', 'time', 'attributes'];

export interface LogExport {
  readonly database: Database;
  readonly place: Place;
  /** Number of the stream; undefined where it has no event yet. */
  readonly stream: number | undefined;
  readonly filter: Omit<EventFilter, 'after' | 'limit'>;
  /** Set when names are asked for. */
  readonly identities: IdentityDirectory | undefined;
}

/** All events that a filter finds, page by page, as lines of NDJSON or CSV. */
export async function* exportLog(format: 'ndjson' | 'csv', asked: LogExport): AsyncGenerator<string> {
  const { place, identities } = asked;
  if (format === 'csv') yield `${csv([identities ? [...COLUMNS, 'display_name', 'avatar_url'] : COLUMNS])}\r\n`;
  for await (const events of pages(asked)) {
    const names = identities && (await identities.resolve(place, idsOf(events))).identities;
    const bodies = events.map((event) => eventBody(event, place.stream, names));
    if (format === 'ndjson') {
      yield bodies.map((body) => `${JSON.stringify(body)}\n`).join('');
      continue;
    }
    const rows = bodies.map((body, index) => [
      body.seq,
      ...[body.id, body.stream, body.type, body.actor, body.subject].map((text) => harmless(text ?? '')),
      toIso(events[index]?.at ?? 0),
      harmless(events[index]?.attributes ?? ''),
      ...(names ? [harmless(body.display_name ?? ''), body.avatar_url ?? ''] : []),
    ]);
    yield `${csv(rows)}\r\n`;
  }
}

async function* pages({ database, stream, filter }: LogExport): AsyncGenerator<readonly StoredEvent[]> {
  if (stream === undefined) return;
  let after: EventFilter['after'];
  for (;;) {
    const events = await findEvents(database, stream, { ...filter, limit: PAGE, ...(after ? { after } : {}) });
    if (events.length > 0) yield events;
    after = events.at(-1);
    if (events.length < PAGE) return;
  }
}

/** Strangers choose names; a spreadsheet would run what looks like a formula. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
