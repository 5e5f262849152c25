import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

export type LinkKind = 'welcome' | 'invite' | 'password';

/** A link that does one thing once: makes the first owner, lets somebody into an org, or sets a password anew. */
export interface OneTimeLink {
  readonly id: string;
  /** SHA-256 of its secret. */
  readonly hash: string;
  readonly kind: LinkKind;
  readonly org: number | null;
  /** Whose password it sets. */
  readonly user: number | null;
  /** Whom it invites; null: whoever holds it. */
  readonly email: string | null;
  readonly role: string | null;
  readonly madeBy: number | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

export async function addLink(database: Database, link: OneTimeLink): Promise<void> {
  const { madeBy, createdAt, expiresAt, ...rest } = link;
  await database
    .insertInto('one_time_link')
    .values({ ...rest, made_by: madeBy, created_at: createdAt, expires_at: expiresAt })
    .execute();
}

export async function findLink(database: Database, id: string): Promise<OneTimeLink | undefined> {
  const row = await database.selectFrom('one_time_link').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toLink(row);
}

/** Invites of an org, the newest first. */
export async function invitesOf(database: Database, org: number): Promise<readonly OneTimeLink[]> {
  const rows = await database
    .selectFrom('one_time_link')
    .selectAll()
    .where('org', '=', org)
    .where('kind', '=', 'invite')
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(toLink);
}

/** Uses a link up; of two callers at once one hears true. */
export async function takeLink(database: Database, id: string): Promise<boolean> {
  const { numDeletedRows } = await database.deleteFrom('one_time_link').where('id', '=', id).executeTakeFirst();
  return Number(numDeletedRows) > 0;
}

/** Takes an invite of an org back; says whether there was one. */
export async function removeInvite(database: Database, org: number, id: string): Promise<boolean> {
  const { numDeletedRows } = await database
    .deleteFrom('one_time_link')
    .where('org', '=', org)
    .where('kind', '=', 'invite')
    .where('id', '=', id)
    .executeTakeFirst();
  return Number(numDeletedRows) > 0;
}

/** Forgets all links of a kind, or those of one user. */
export async function removeLinks(database: Database, kind: LinkKind, user?: number): Promise<void> {
  let query = database.deleteFrom('one_time_link').where('kind', '=', kind);
  if (user !== undefined) query = query.where('user', '=', user);
  await query.execute();
}

export async function trimLinks(database: Database, expiredBefore: Instant): Promise<void> {
  await database.deleteFrom('one_time_link').where('expires_at', '<=', expiredBefore).execute();
}

interface LinkRow {
  id: string;
  hash: string;
  kind: string;
  org: number | null;
  user: number | null;
  email: string | null;
  role: string | null;
  made_by: number | null;
  created_at: number;
  expires_at: number;
}

const toLink = ({ kind, made_by, created_at, expires_at, ...row }: LinkRow): OneTimeLink => ({
  ...row,
  kind: kind as LinkKind,
  madeBy: made_by,
  createdAt: created_at,
  expiresAt: expires_at,
});
