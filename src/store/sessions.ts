import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** A browser that is signed in. */
export interface Session {
  readonly id: string;
  /** SHA-256 of the secret in its cookie. */
  readonly hash: string;
  readonly user: number;
  /** The org that its requests ask unless they name another; null: the first of the user. */
  readonly org: number | null;
  readonly address: string;
  readonly agent: string;
  readonly createdAt: Instant;
  readonly seenAt: Instant;
  readonly expiresAt: Instant;
}

export async function addSession(database: Database, session: Session): Promise<void> {
  const { createdAt, seenAt, expiresAt, ...rest } = session;
  await database
    .insertInto('session')
    .values({ ...rest, created_at: createdAt, seen_at: seenAt, expires_at: expiresAt })
    .execute();
}

export async function findSession(database: Database, id: string): Promise<Session | undefined> {
  const row = await database.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toSession(row);
}

/** Sessions of a user, the one used last first. */
export async function sessionsOf(database: Database, user: number): Promise<readonly Session[]> {
  const rows = await database
    .selectFrom('session')
    .selectAll()
    .where('user', '=', user)
    .orderBy('seen_at', 'desc')
    .execute();
  return rows.map(toSession);
}

export async function touchSession(database: Database, id: string, seenAt: Instant): Promise<void> {
  await database.updateTable('session').set({ seen_at: seenAt }).where('id', '=', id).execute();
}

export async function switchSessionOrg(database: Database, id: string, org: number): Promise<void> {
  await database.updateTable('session').set({ org }).where('id', '=', id).execute();
}

/** Ends one session of a user; says whether there was one. */
export async function removeSession(database: Database, user: number, id: string): Promise<boolean> {
  const { numDeletedRows } = await database
    .deleteFrom('session')
    .where('user', '=', user)
    .where('id', '=', id)
    .executeTakeFirst();
  return Number(numDeletedRows) > 0;
}

/** Ends all sessions of a user, but for one when it is named; returns how many. */
export async function removeSessionsOf(database: Database, user: number, except?: string): Promise<number> {
  let query = database.deleteFrom('session').where('user', '=', user);
  if (except !== undefined) query = query.where('id', '!=', except);
  return Number((await query.executeTakeFirst()).numDeletedRows);
}

/** Forgets sessions that are over: past their end, or not seen since `seenBefore`. */
export async function trimSessions(database: Database, now: Instant, seenBefore: Instant): Promise<void> {
  await database
    .deleteFrom('session')
    .where(({ eb, or }) => or([eb('expires_at', '<=', now), eb('seen_at', '<=', seenBefore)]))
    .execute();
}

interface SessionRow {
  id: string;
  hash: string;
  user: number;
  org: number | null;
  address: string;
  agent: string;
  created_at: number;
  seen_at: number;
  expires_at: number;
}

const toSession = ({ created_at, seen_at, expires_at, ...row }: SessionRow): Session => ({
  ...row,
  createdAt: created_at,
  seenAt: seen_at,
  expiresAt: expires_at,
});
