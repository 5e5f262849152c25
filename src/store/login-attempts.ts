import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** What is remembered of failed attempts under one key. */
export interface Attempts {
  readonly failures: number;
  readonly failedAt: Instant;
  readonly blockedUntil: Instant;
}

/**
 * What is known under each key, held for this transaction: attempts at the same moment take turns, on every engine. A key of which nothing is known
 * has no failures.
 */
export async function holdAttempts(
  database: Database,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Attempts>> {
  const held = new Map<string, Attempts>();
  // In one order for all, or two transactions could wait for each other.
  for (const key of [...keys].sort()) {
    const row = await database
      .insertInto('login_attempt')
      .values({ key, failures: 0, failed_at: 0, blocked_until: 0 })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet(({ ref }) => ({ failures: ref('login_attempt.failures') })),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    held.set(key, { failures: row.failures, failedAt: row.failed_at, blockedUntil: row.blocked_until });
  }
  return held;
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
