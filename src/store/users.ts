import { randomBytes } from 'node:crypto';
import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** A person, known by one address across all orgs. */
export interface User {
  readonly number: number;
  /** Public, and the same for ever. */
  readonly id: string;
  /** Normalised. */
  readonly email: string;
  readonly name: string;
  /** A PHC string; null for who signs in by another service only. */
  readonly password: string | null;
  readonly disabledAt: Instant | null;
  readonly createdAt: Instant;
  readonly lastSignInAt: Instant | null;
}

export type NewUser = Pick<User, 'email' | 'name' | 'password'>;

/** Undefined when the address is taken. `email` must be normalised. */
export async function addUser(
  database: Database,
  { email, name, password }: NewUser,
  now: Instant,
): Promise<User | undefined> {
  const row = await database
    .insertInto('user')
    .values({ id: randomBytes(9).toString('hex'), email, name, password, created_at: now })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toUser(row);
}

export async function findUserByEmail(database: Database, email: string): Promise<User | undefined> {
  const row = await database.selectFrom('user').selectAll().where('email', '=', email).executeTakeFirst();
  return row && toUser(row);
}

export async function findUser(database: Database, number: number): Promise<User | undefined> {
  const row = await database.selectFrom('user').selectAll().where('number', '=', number).executeTakeFirst();
  return row && toUser(row);
}

export async function listUsers(database: Database): Promise<readonly User[]> {
  return (await database.selectFrom('user').selectAll().orderBy('email').execute()).map(toUser);
}

/** Whether there is anybody at all: until then the installation waits for its first owner. */
export async function hasUsers(database: Database): Promise<boolean> {
  return (await database.selectFrom('user').select('number').limit(1).executeTakeFirst()) !== undefined;
}

/** Changes the fields that are given. */
export async function updateUser(
  database: Database,
  user: number,
  change: Partial<Pick<User, 'password' | 'disabledAt' | 'lastSignInAt'>>,
): Promise<void> {
  const { password, disabledAt, lastSignInAt } = change;
  await database
    .updateTable('user')
    .set({
      ...(password === undefined ? {} : { password }),
      ...(disabledAt === undefined ? {} : { disabled_at: disabledAt }),
      ...(lastSignInAt === undefined ? {} : { last_sign_in_at: lastSignInAt }),
    })
    .where('number', '=', user)
    .execute();
}

interface UserRow {
  number: number;
  id: string;
  email: string;
  name: string;
  password: string | null;
  disabled_at: number | null;
  created_at: number;
  last_sign_in_at: number | null;
}

const toUser = (row: UserRow): User => ({
  number: row.number,
  id: row.id,
  email: row.email,
  name: row.name,
  password: row.password,
  disabledAt: row.disabled_at,
  createdAt: row.created_at,
  lastSignInAt: row.last_sign_in_at,
});
