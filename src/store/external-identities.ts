import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** The user that somebody at another service is linked with, by its number. */
export async function findExternalUser(
  database: Database,
  provider: string,
  subject: string,
): Promise<number | undefined> {
  const row = await database
    .selectFrom('external_identity')
    .select('user')
    .where('provider', '=', provider)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.user;
}

/** Links a person at another service with a user; a link that is there stays as it is. */
export async function linkExternalUser(
  database: Database,
  identity: { readonly provider: string; readonly subject: string; readonly user: number; readonly email: string },
  now: Instant,
): Promise<void> {
  await database
    .insertInto('external_identity')
    .values({ ...identity, created_at: now })
    .onConflict((conflict) => conflict.columns(['provider', 'subject']).doNothing())
    .execute();
}
