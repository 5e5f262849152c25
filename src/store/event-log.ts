import type { Instant } from '../domain/time.ts';
import type { ActivityTables, EventTable } from './activity-tables.ts';
import type { Database, Writer } from './engine.ts';

/** One log of an org. */
export interface EventStream {
  readonly number: number;
  readonly name: string;
  /** Sequence number of the newest event; they begin with 1 and leave none out. */
  readonly lastSeq: number;
  /** Event time of the earliest and the latest event. */
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
}

/** An event of a stream. */
export interface StoredEvent {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly at: Instant;
  /** A JSON object. */
  readonly attributes: string;
  readonly landedAt: Instant;
}

const ID_CHUNK = 500;

export async function findEventStream(database: Database, org: number, name: string): Promise<EventStream | undefined> {
  const row = await database
    .selectFrom('event_stream')
    .selectAll()
    .where('org', '=', org)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && streamOf(row);
}

export async function listEventStreams(database: Database, org: number): Promise<readonly EventStream[]> {
  const rows = await database
    .selectFrom('event_stream')
    .selectAll()
    .where('org', '=', org)
    .orderBy('name')
    .limit(10_000)
    .execute();
  return rows.map(streamOf);
}

/** The streams of all orgs, for work inside this process; nothing of it leaves it. */
export function listStreamsOfAll(
  database: Database,
): Promise<readonly { number: number; org: number; name: string; last_seq: number }[]> {
  return database.selectFrom('event_stream').select(['number', 'org', 'name', 'last_seq']).execute();
}

/** Makes a stream unless it is there, and holds it: whoever else writes to it waits until this transaction ends. */
export async function holdEventStream(
  { database }: Writer,
  org: number,
  name: string,
  now: Instant,
): Promise<EventStream> {
  const held = await database
    .updateTable('event_stream')
    .set({ name })
    .where('org', '=', org)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst();
  if (held) return streamOf(held);
  const row = await database
    .insertInto('event_stream')
    .values({ org, name, last_seq: 0, first_at: null, last_at: null, created_at: now })
    .onConflict((conflict) => conflict.columns(['org', 'name']).doUpdateSet({ name }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return streamOf(row);
}

/** The stored events of a stream with these ids. */
export async function findEventsById(
  database: Database,
  stream: number,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredEvent>> {
  const found = new Map<string, StoredEvent>();
  for (let start = 0; start < ids.length; start += ID_CHUNK) {
    const rows = await database
      .selectFrom('event')
      .selectAll()
      .where('stream', '=', stream)
      .where('id', 'in', ids.slice(start, start + ID_CHUNK))
      .execute();
    for (const row of rows) found.set(row.id, eventOf(row));
  }
  return found;
}

/** Appends events to a stream that is held; their sequence numbers go on from its last one. */
export async function appendEvents(writer: Writer, stream: EventStream, events: readonly StoredEvent[]): Promise<void> {
  const last = events.at(-1);
  if (!last) return;
  await writer.insertRows(
    {
      table: 'event',
      columns: [
        ['stream', 'bigint'],
        ['seq', 'bigint'],
        ['id', 'text'],
        ['type', 'text'],
        ['actor', 'text'],
        ['subject', 'text'],
        ['at', 'bigint'],
        ['attributes', 'text'],
        ['landed_at', 'bigint'],
      ],
      onConflict: '',
    },
    events.map((event) => [
      stream.number,
      event.seq,
      event.id,
      event.type,
      event.actor,
      event.subject,
      event.at,
      event.attributes,
      event.landedAt,
    ]),
  );
  const times = events.map(({ at }) => at);
  await writer.database
    .updateTable('event_stream')
    .set({
      last_seq: last.seq,
      first_at: Math.min(stream.firstAt ?? Number.POSITIVE_INFINITY, ...times),
      last_at: Math.max(stream.lastAt ?? 0, ...times),
    })
    .where('number', '=', stream.number)
    .execute();
}

/** Events of a stream after a sequence number, in order. */
export async function readEventsAfter(
  database: Database,
  stream: number,
  after: number,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const rows = await database
    .selectFrom('event')
    .selectAll()
    .where('stream', '=', stream)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(eventOf);
}

/** A place in a stream ordered by event time. */
export interface EventPlace {
  readonly at: Instant;
  readonly seq: number;
}

/** Which events of a stream to list. */
export interface EventFilter {
  /** Only events up to this sequence number, so that pages of one list agree with each other. */
  readonly upTo: number;
  readonly type?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly from?: Instant;
  readonly to?: Instant;
  /** Newest first when absent. */
  readonly ascending?: boolean;
  /** Begin behind this place, in the direction of the list. */
  readonly after?: EventPlace;
  readonly limit: number;
}

/** Events by event time, then by sequence. */
export async function findEvents(
  database: Database,
  stream: number,
  filter: EventFilter,
): Promise<readonly StoredEvent[]> {
  const { type, actor, subject, from, to, after, ascending = false } = filter;
  const order = ascending ? 'asc' : 'desc';
  const beyond = ascending ? '>' : '<';
  let query = database.selectFrom('event').selectAll().where('stream', '=', stream);
  if (type !== undefined) query = query.where('type', '=', type);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (after) {
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('at', 'seq'), beyond, tuple(after.at, after.seq)));
  }
  const rows = await query
    .where('seq', '<=', filter.upTo)
    .orderBy('at', order)
    .orderBy('seq', order)
    .limit(filter.limit)
    .execute();
  return rows.map(eventOf);
}

type Row<Table> = { [Column in keyof Table]: Table[Column] };

function streamOf(row: { number: number } & Omit<Row<ActivityTables['event_stream']>, 'number'>): EventStream {
  return {
    number: row.number,
    name: row.name,
    lastSeq: row.last_seq,
    firstAt: row.first_at,
    lastAt: row.last_at,
  };
}

const eventOf = ({ seq, id, type, actor, subject, at, attributes, landed_at }: EventTable): StoredEvent => ({
  seq,
  id,
  type,
  actor,
  subject,
  at,
  attributes,
  landedAt: landed_at,
});
