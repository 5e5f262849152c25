import type { Instant } from '../domain/time.ts';
import type { Database, Writer } from './engine.ts';

/**
 * `member`: of the stream's community. `departed`: was one, or wrote here, and has left. `user`: there is such a user, and no saying whether
 * a member. `unknown`: nobody knows the id.
 */
export type IdentityState = 'member' | 'departed' | 'user' | 'unknown';

/** Whom an id names. */
export interface StoredIdentity {
  readonly id: string;
  readonly provider: string;
  readonly state: IdentityState;
  readonly username: string | null;
  readonly globalName: string | null;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly fetchedAt: Instant;
}

export async function readIdentities(
  database: Database,
  org: number,
  stream: string,
  ids: readonly string[],
): Promise<readonly StoredIdentity[]> {
  if (ids.length === 0) return [];
  const rows = await database
    .selectFrom('identity')
    .selectAll()
    .where('org', '=', org)
    .where('stream', '=', stream)
    .where('id', 'in', ids)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    provider: row.provider,
    state: row.state as IdentityState,
    username: row.username,
    globalName: row.global_name,
    displayName: row.display_name,
    avatarUrl: row.avatar_url,
    fetchedAt: row.fetched_at,
  }));
}

export async function writeIdentities(
  writer: Writer,
  org: number,
  stream: string,
  identities: readonly StoredIdentity[],
): Promise<void> {
  await writer.insertRows(
    {
      table: 'identity',
      columns: [
        ['org', 'bigint'],
        ['stream', 'text'],
        ['id', 'text'],
        ['provider', 'text'],
        ['state', 'text'],
        ['username', 'text'],
        ['global_name', 'text'],
        ['display_name', 'text'],
        ['avatar_url', 'text'],
        ['fetched_at', 'bigint'],
      ],
      onConflict: `on conflict (org, stream, id) do update set provider = excluded.provider, state = excluded.state,
        username = excluded.username, global_name = excluded.global_name, display_name = excluded.display_name,
        avatar_url = excluded.avatar_url, fetched_at = excluded.fetched_at`,
    },
    identities.map((identity) => [
      org,
      stream,
      identity.id,
      identity.provider,
      identity.state,
      identity.username,
      identity.globalName,
      identity.displayName,
      identity.avatarUrl,
      identity.fetchedAt,
    ]),
  );
}
