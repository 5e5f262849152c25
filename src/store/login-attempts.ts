import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** What is remembered of failed attempts under one key. */
export interface Attempts {
  readonly failures: number;
  readonly failedAt: Instant;
  readonly blockedUntil: Instant;
}

export async function readAttempts(
  database: Database,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Attempts>> {
  const rows = await database.selectFrom('login_attempt').selectAll().where('key', 'in', keys).execute();
  return new Map(
    rows.map(({ key, failures, failed_at, blocked_until }) => [
      key,
      { failures, failedAt: failed_at, blockedUntil: blocked_until },
    ]),
  );
}

export async function writeAttempts(database: Database, key: string, attempts: Attempts): Promise<void> {
  const columns = {
    failures: attempts.failures,
    failed_at: attempts.failedAt,
    blocked_until: attempts.blockedUntil,
  };
  await database
    .insertInto('login_attempt')
    .values({ key, ...columns })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
    .execute();
}

export async function forgetAttempts(database: Database, key: string): Promise<void> {
  await database.deleteFrom('login_attempt').where('key', '=', key).execute();
}

export async function trimAttempts(database: Database, failedBefore: Instant): Promise<void> {
  await database.deleteFrom('login_attempt').where('failed_at', '<=', failedBefore).execute();
}
