import type { Instant } from '../domain/time.ts';
import type { Org } from './catalog.ts';
import type { Database } from './engine.ts';

/** Undefined when the id is taken. */
export async function addOrg(database: Database, id: string, name: string, now: Instant): Promise<Org | undefined> {
  return database
    .insertInto('org')
    .values({ id, name, created_at: now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(['number', 'id', 'name'])
    .executeTakeFirst();
}

export async function findOrg(database: Database, id: string): Promise<Org | undefined> {
  return database.selectFrom('org').select(['number', 'id', 'name']).where('id', '=', id).executeTakeFirst();
}

export async function listOrgs(database: Database): Promise<readonly Org[]> {
  return database.selectFrom('org').select(['number', 'id', 'name']).orderBy('name').orderBy('number').execute();
}

/** Changes what people read; the id stays, for series are named by it. */
export async function renameOrg(database: Database, org: number, name: string): Promise<void> {
  await database.updateTable('org').set({ name }).where('number', '=', org).execute();
}
