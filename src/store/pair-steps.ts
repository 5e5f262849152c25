import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Database, Writer } from './engine.ts';

/** A step of a subject as it is stored: `place` 0 opens, 1 closes. */
export interface StoredStep {
  readonly subject: string;
  readonly at: Instant;
  readonly place: number;
  readonly event: string;
  readonly actor: string | null;
  readonly openAt: Instant | null;
  readonly openActor: string | null;
  /** Milliseconds. */
  readonly latency: number | null;
}

/** The last step of a subject, and what is open after it. */
export type SubjectHead = Omit<StoredStep, 'actor' | 'latency'>;

export type StepKey = Pick<StoredStep, 'at' | 'place' | 'event'>;

/** An item that nobody answered yet. */
export interface OpenItem {
  readonly subject: string;
  readonly openAt: Instant;
  readonly openActor: string | null;
}

const CHUNK = 500;

export async function readSubjectHeads(
  database: Database,
  stream: number,
  pair: string,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, SubjectHead>> {
  const heads = new Map<string, SubjectHead>();
  for (let start = 0; start < subjects.length; start += CHUNK) {
    const rows = await database
      .selectFrom('pair_subject')
      .select(['subject', 'at', 'place', 'event', 'open_at', 'open_actor'])
      .where('stream', '=', stream)
      .where('pair', '=', pair)
      .where('subject', 'in', subjects.slice(start, start + CHUNK))
      .execute();
    for (const { subject, at, place, event, open_at, open_actor } of rows)
      heads.set(subject, { subject, at, place, event, openAt: open_at, openActor: open_actor });
  }
  return heads;
}

export async function writeSubjectHeads(
  writer: Writer,
  stream: number,
  pair: string,
  heads: readonly SubjectHead[],
): Promise<void> {
  await writer.insertRows(
    {
      table: 'pair_subject',
      columns: [
        ['stream', 'bigint'],
        ['pair', 'text'],
        ['subject', 'text'],
        ['at', 'bigint'],
        ['place', 'bigint'],
        ['event', 'text'],
        ['open_at', 'bigint'],
        ['open_actor', 'text'],
      ],
      onConflict: `on conflict (stream, pair, subject) do update set at = excluded.at, place = excluded.place,
        event = excluded.event, open_at = excluded.open_at, open_actor = excluded.open_actor`,
    },
    heads.map((head) => [stream, pair, head.subject, head.at, head.place, head.event, head.openAt, head.openActor]),
  );
}

/** The steps of a subject behind a place, in order. */
export function readStepsAfter(
  database: Database,
  stream: number,
  pair: string,
  subject: string,
  after: StepKey | undefined,
  limit: number,
): Promise<readonly StoredStep[]> {
  return readSteps(database, stream, pair, subject, after, 'after', limit);
}

/** The last step of a subject before a place. */
export async function readStepBefore(
  database: Database,
  stream: number,
  pair: string,
  subject: string,
  before: StepKey,
): Promise<StoredStep | undefined> {
  return (await readSteps(database, stream, pair, subject, before, 'before', 1))[0];
}

async function readSteps(
  database: Database,
  stream: number,
  pair: string,
  subject: string,
  place: StepKey | undefined,
  side: 'before' | 'after',
  limit: number,
): Promise<readonly StoredStep[]> {
  const order = side === 'after' ? 'asc' : 'desc';
  let query = database
    .selectFrom('pair_step')
    .select(['at', 'place', 'event', 'actor', 'open_at', 'open_actor', 'latency'])
    .where('stream', '=', stream)
    .where('pair', '=', pair)
    .where('subject', '=', subject);
  if (place) {
    const sign = sql.raw(side === 'after' ? '>' : '<');
    query = query.where(sql<boolean>`(at, place, event) ${sign} (${place.at}, ${place.place}, ${place.event})`);
  }
  const rows = await query.orderBy('at', order).orderBy('place', order).orderBy('event', order).limit(limit).execute();
  return rows.map((row) => ({
    subject,
    at: row.at,
    place: row.place,
    event: row.event,
    actor: row.actor,
    openAt: row.open_at,
    openActor: row.open_actor,
    latency: row.latency,
  }));
}

export async function writeSteps(
  writer: Writer,
  stream: number,
  pair: string,
  steps: readonly StoredStep[],
): Promise<void> {
  await writer.insertRows(
    {
      table: 'pair_step',
      columns: [
        ['stream', 'bigint'],
        ['pair', 'text'],
        ['subject', 'text'],
        ['at', 'bigint'],
        ['place', 'bigint'],
        ['event', 'text'],
        ['actor', 'text'],
        ['open_at', 'bigint'],
        ['open_actor', 'text'],
        ['latency', 'bigint'],
      ],
      onConflict: `on conflict (stream, pair, subject, at, place, event) do update set open_at = excluded.open_at,
        open_actor = excluded.open_actor, latency = excluded.latency`,
    },
    steps.map((step) => [
      stream,
      pair,
      step.subject,
      step.at,
      step.place,
      step.event,
      step.actor,
      step.openAt,
      step.openActor,
      step.latency,
    ]),
  );
}

/** The items that wait longest. */
export async function listOpenItems(
  database: Database,
  stream: number,
  pair: string,
  limit: number,
): Promise<readonly OpenItem[]> {
  const rows = await database
    .selectFrom('pair_subject')
    .select(['subject', 'open_at', 'open_actor'])
    .where('stream', '=', stream)
    .where('pair', '=', pair)
    .where('open_at', 'is not', null)
    .orderBy('open_at')
    .orderBy('subject')
    .limit(limit)
    .execute();
  return rows.map(({ subject, open_at, open_actor }) => ({
    subject,
    openAt: open_at as number,
    openActor: open_actor,
  }));
}

export async function clearPair(database: Database, stream: number, pair: string): Promise<void> {
  await database.deleteFrom('pair_step').where('stream', '=', stream).where('pair', '=', pair).execute();
  await database.deleteFrom('pair_subject').where('stream', '=', stream).where('pair', '=', pair).execute();
}
