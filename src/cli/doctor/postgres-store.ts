import postgres from 'postgres';
import type { StoreLook } from './store.ts';

const PATIENCE_SECONDS = 5;

/** Looks into a PostgreSQL database in a transaction that cannot write. Throws when it cannot be reached. */
export async function lookIntoPostgres(url: string): Promise<StoreLook> {
  const sql = postgres(url, { max: 1, connect_timeout: PATIENCE_SECONDS, onnotice: () => {} });
  try {
    return await sql.begin('read only', async (look): Promise<StoreLook> => {
      const [server] = await look`
        select current_setting('server_version') as version, current_database() as database,
          pg_size_pretty(pg_database_size(current_database())) as size, pg_is_in_recovery() as replica,
          has_schema_privilege(current_schema(), 'CREATE') as creates,
          to_regclass('kysely_migration') is not null as migrated, to_regclass('feed') is not null as fed,
          extract(epoch from clock_timestamp()) * 1000 as clock`;
      const seenAt = Date.now();
      const migrations = server?.migrated ? await look`select name from kysely_migration order by name` : undefined;
      const [newest] = server?.fed ? await look`select max(at) as at from feed` : [];
      const [rights] = server?.fed ? await look`select has_table_privilege('feed', 'INSERT') as writes` : [];
      return {
        name: `PostgreSQL ${server?.version}, database ${server?.database} (${server?.size})`,
        migrations: migrations?.map(({ name }) => String(name)),
        unwritable: unwritable(server?.replica, rights ? rights.writes : server?.creates),
        damage: undefined,
        newestEvent: newest?.at === undefined || newest.at === null ? null : Number(newest.at),
        clockAhead: Number(server?.clock) - seenAt,
      };
    });
  } finally {
    await sql.end({ timeout: PATIENCE_SECONDS });
  }
}

function unwritable(replica: unknown, allowed: unknown): string | undefined {
  if (replica) return 'it is a replica in recovery; DATABASE_URL must name the primary';
  return allowed ? undefined : 'this user has no right to';
}
