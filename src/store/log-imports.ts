import type { Instant } from '../domain/time.ts';
import type { Database, Engine } from './engine.ts';

/** How far the import of a foreign table has come. */
export interface LogImport {
  readonly source: string;
  /** The last key that was read, as text: it may be larger than a number holds. */
  readonly position: string;
  /** Rows read so far. */
  readonly events: number;
}

export async function readImport(database: Database, org: number, source: string): Promise<LogImport | undefined> {
  return database
    .selectFrom('log_import')
    .select(['source', 'position', 'events'])
    .where('org', '=', org)
    .where('source', '=', source)
    .executeTakeFirst();
}

export async function writeImport(engine: Engine, org: number, state: LogImport, now: Instant): Promise<void> {
  const row = { ...state, imported_at: now };
  await engine.write(async ({ database }) => {
    await database
      .insertInto('log_import')
      .values({ org, ...row })
      .onConflict((conflict) => conflict.columns(['org', 'source']).doUpdateSet(row))
      .execute();
  });
}
