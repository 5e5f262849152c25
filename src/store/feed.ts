import type { Instant } from '../domain/time.ts';
import type { WindowName } from '../domain/windows.ts';
import type { Database, Writer } from './engine.ts';

/** What subscribers hear about. `payload` per kind, ranges in epoch milliseconds. */
export interface FeedPayloads {
  /** Samples of a source arrived between `from` and `to`. */
  landed: { source: string; from: Instant; to: Instant; series: number };
  /** Rollups of a source were rebuilt between `from` and `to`. */
  frozen: { source: string; from: Instant; to: Instant };
  /** A range of a source was closed. */
  closed: { source: string; from: Instant; to: Instant };
  /** Closed buckets changed; the series (public ids, the first 100 of `count`) have a new version. */
  restated: { source: string; from: Instant; to: Instant; reason: string; series: string[]; count: number };
  /** The state of a source changed: an attempt ended, a retry was planned. */
  source: { source: string };
  /** A window of a series (public id) was published, or could not be: then `reason` says why and the version before stays. */
  window: {
    series: string;
    source: string;
    window: WindowName;
    state: 'published' | 'failed';
    versionId: string | null;
    /** Milliseconds. */
    duration: number;
    reason: string | null;
  };
  /** A job was made, moved on or ended. */
  job: { id: string; kind: string; lane: string; state: string };
}

export type FeedKind = keyof FeedPayloads;

export type FeedEvent = {
  [Kind in FeedKind]: {
    readonly seq: number;
    readonly at: Instant;
    readonly kind: Kind;
    readonly payload: FeedPayloads[Kind];
  };
}[FeedKind];

/** Appends to the feed of an org. Call it last in a transaction: on some engines writers wait for each other from here on. */
export async function appendToFeed<Kind extends FeedKind>(
  writer: Writer,
  org: number,
  kind: Kind,
  payload: FeedPayloads[Kind],
  now: Instant,
): Promise<void> {
  await writer.takeFeedTurn();
  await writer.database
    .insertInto('feed')
    .values({ org, at: now, kind, payload: JSON.stringify(payload) })
    .execute();
}

/** Events of an org after a cursor, in order. */
export async function readFeed(
  database: Database,
  org: number,
  after: number,
  limit: number,
): Promise<readonly FeedEvent[]> {
  const rows = await database
    .selectFrom('feed')
    .select(['seq', 'at', 'kind', 'payload'])
    .where('org', '=', org)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(
    (row) => ({ seq: Number(row.seq), at: row.at, kind: row.kind, payload: JSON.parse(row.payload) }) as FeedEvent,
  );
}

/** Events of all orgs after a cursor, for caches inside this process; nothing of it leaves it. */
export async function readFeedOfAll(
  database: Database,
  after: number,
  limit: number,
): Promise<readonly { org: number; event: FeedEvent }[]> {
  const rows = await database
    .selectFrom('feed')
    .selectAll()
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    org: row.org,
    event: { seq: Number(row.seq), at: row.at, kind: row.kind, payload: JSON.parse(row.payload) } as FeedEvent,
  }));
}

/** The first and last sequence numbers held over all orgs; `last` is 0 when the feed is empty. */
export async function feedBoundsOfAll(database: Database): Promise<{ first: number; last: number }> {
  const bounds = await database
    .selectFrom('feed')
    .select(({ fn }) => [fn.min<number | null>('seq').as('first'), fn.max<number | null>('seq').as('last')])
    .executeTakeFirstOrThrow();
  return { first: Number(bounds.first ?? 1), last: Number(bounds.last ?? 0) };
}

/**
 * The first and last sequence numbers that the feed of an org still holds. An empty feed has `last` 0; a cursor
 * smaller than `first - 1` has lost events and needs a reset.
 */
export async function feedBounds(database: Database, org: number): Promise<{ first: number; last: number }> {
  const bounds = await database
    .selectFrom('feed')
    .select(({ fn }) => [fn.min<number | null>('seq').as('first'), fn.max<number | null>('seq').as('last')])
    .where('org', '=', org)
    .executeTakeFirstOrThrow();
  return { first: Number(bounds.first ?? 1), last: Number(bounds.last ?? 0) };
}

/** Forgets events older than `before`, of one kind or of all, but never the newest one: it keeps the place. */
export async function trimFeed(database: Database, before: Instant, kind?: FeedKind): Promise<void> {
  let query = database.deleteFrom('feed').where('at', '<', before);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  await query
    .where('seq', '<', ({ selectFrom }) => selectFrom('feed').select(({ fn }) => fn.max<number>('seq').as('last')))
    .execute();
}
