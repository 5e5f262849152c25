import type { Instant } from '../domain/time.ts';
import type { Org } from './catalog.ts';
import type { Database, Writer } from './engine.ts';
import type { User } from './users.ts';

/** What a user may do in an org, as a word that `accounts/permissions.ts` explains. */
export interface Membership {
  readonly org: Org;
  readonly role: string;
}

export interface Member extends Pick<User, 'number' | 'id' | 'email' | 'name' | 'disabledAt' | 'lastSignInAt'> {
  readonly role: string;
  readonly since: Instant;
}

/** Orgs of a user, by name. */
export async function membershipsOf(database: Database, user: number): Promise<readonly Membership[]> {
  const rows = await database
    .selectFrom('membership')
    .innerJoin('org', 'org.number', 'membership.org')
    .select(['org.number', 'org.id', 'org.name', 'membership.role'])
    .where('membership.user', '=', user)
    .orderBy('org.name')
    .orderBy('org.number')
    .execute();
  return rows.map(({ role, ...org }) => ({ org, role }));
}

/** Members of an org, by address. */
export async function membersOf(database: Database, org: number): Promise<readonly Member[]> {
  const rows = await database
    .selectFrom('membership')
    .innerJoin('user', 'user.number', 'membership.user')
    .select([
      'user.number',
      'user.id',
      'user.email',
      'user.name',
      'user.disabled_at',
      'user.last_sign_in_at',
      'membership.role',
      'membership.created_at',
    ])
    .where('membership.org', '=', org)
    .orderBy('user.email')
    .execute();
  return rows.map(({ disabled_at, last_sign_in_at, created_at, ...member }) => ({
    ...member,
    disabledAt: disabled_at,
    lastSignInAt: last_sign_in_at,
    since: created_at,
  }));
}

/** Makes a user a member, or gives a member another role. */
export async function setMembership(
  database: Database,
  org: number,
  user: number,
  role: string,
  now: Instant,
): Promise<void> {
  await database
    .insertInto('membership')
    .values({ org, user, role, created_at: now })
    .onConflict((conflict) => conflict.columns(['org', 'user']).doUpdateSet({ role }))
    .execute();
}

export async function removeMembership(database: Database, org: number, user: number): Promise<void> {
  await database.deleteFrom('membership').where('org', '=', org).where('user', '=', user).execute();
}

/**
 * Begins a change of who belongs where. Such changes take turns from here until they commit: two owners that remove each
 * other at the same moment would otherwise leave an org without one.
 */
export const takeAccountsTurn = (writer: Writer): Promise<void> => writer.takeFeedTurn();
