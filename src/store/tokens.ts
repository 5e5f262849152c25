import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** A credential of a program, for one org. */
export interface Token {
  readonly id: string;
  readonly org: number;
  /** SHA-256 of its secret. */
  readonly hash: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** The user who made it; null: the command line. */
  readonly madeBy: number | null;
  readonly createdAt: Instant;
  /** Null: never. */
  readonly expiresAt: Instant | null;
  readonly usedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

export async function addToken(database: Database, token: Token): Promise<void> {
  const { scopes, madeBy, createdAt, expiresAt, usedAt, revokedAt, ...rest } = token;
  await database
    .insertInto('token')
    .values({
      ...rest,
      scopes: scopes.join(' '),
      made_by: madeBy,
      created_at: createdAt,
      expires_at: expiresAt,
      used_at: usedAt,
      revoked_at: revokedAt,
    })
    .execute();
}

export async function findToken(database: Database, id: string): Promise<Token | undefined> {
  const row = await database.selectFrom('token').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toToken(row);
}

/** Tokens of an org, the newest first. Revoked ones stay: they explain the audit. */
export async function tokensOf(database: Database, org: number): Promise<readonly Token[]> {
  const rows = await database
    .selectFrom('token')
    .selectAll()
    .where('org', '=', org)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(toToken);
}

export async function touchToken(database: Database, id: string, usedAt: Instant): Promise<void> {
  await database.updateTable('token').set({ used_at: usedAt }).where('id', '=', id).execute();
}

/** Revokes a token of an org for good; undefined when it has none with this id. */
export async function revokeToken(
  database: Database,
  org: number,
  id: string,
  now: Instant,
): Promise<Token | undefined> {
  await database
    .updateTable('token')
    .set({ revoked_at: now })
    .where('org', '=', org)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  const token = await findToken(database, id);
  return token?.org === org ? token : undefined;
}

interface TokenRow {
  id: string;
  org: number;
  hash: string;
  name: string;
  scopes: string;
  made_by: number | null;
  created_at: number;
  expires_at: number | null;
  used_at: number | null;
  revoked_at: number | null;
}

const toToken = (row: TokenRow): Token => ({
  id: row.id,
  org: row.org,
  hash: row.hash,
  name: row.name,
  scopes: row.scopes.split(' '),
  madeBy: row.made_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  usedAt: row.used_at,
  revokedAt: row.revoked_at,
});
