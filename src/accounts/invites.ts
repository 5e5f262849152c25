import type { Org } from '../store/catalog.ts';
import type { Database } from '../store/engine.ts';
import { membershipsOf, setMembership, takeAccountsTurn } from '../store/memberships.ts';
import { type OneTimeLink, removeInvite, takeLink } from '../store/one-time-links.ts';
import { listOrgs } from '../store/orgs.ts';
import { addUser, findUserByEmail, type User } from '../store/users.ts';
import { normaliseEmail } from './email.ts';
import type { NewPerson } from './first-owner.ts';
import { makeLink, readLink } from './links.ts';
import { checkPassword } from './password.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';
import type { Role } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, type Actor, audit } from './services.ts';
import type { Origin } from './session-rules.ts';
import { beginSession } from './sign-in.ts';
import { countAttempt } from './throttle.ts';

/** Makes a link that lets its holder into an org; with an address only somebody of that address. */
export function invite(
  services: AccountServices,
  org: Org,
  { role, email }: { readonly role: Role; readonly email: string | null },
  actor: Actor,
): Promise<{ readonly link: OneTimeLink; readonly text: string }> {
  const address = email === null ? null : normaliseEmail(email);
  return services.engine.write(async ({ database }) => {
    const meant = { org: org.number, role, email: address, madeBy: actor.user };
    const made = await makeLink(database, 'invite', meant, services.clock.now());
    await audit(services, database, org.number, actor, ['invite.created', address ?? 'anybody', { role }]);
    return made;
  });
}

export async function takeBackInvite(services: AccountServices, org: Org, id: string, actor: Actor): Promise<void> {
  const removed = await services.engine.write(async ({ database }) => {
    const found = await removeInvite(database, org.number, id);
    if (found) await audit(services, database, org.number, actor, ['invite.removed', id]);
    return found;
  });
  if (!removed) throw new Refusal('not-found', `there is no invite with the id ${JSON.stringify(id)}`);
}

/** What a link invites to. */
export interface Invitation {
  readonly org: Org;
  readonly role: string;
  readonly email: string | null;
}

export async function readInvite({ engine, clock }: AccountServices, text: string): Promise<Invitation> {
  return invitationOf(engine.reader, await readLink(engine.reader, 'invite', text, clock.now()));
}

async function invitationOf(database: Database, link: OneTimeLink): Promise<Invitation> {
  const org = (await listOrgs(database)).find(({ number }) => number === link.org);
  if (!org) throw new Refusal('not-found', 'the org of this link is gone');
  return { org, role: link.role ?? 'viewer', email: link.email };
}

/** Somebody who is signed in joins; his session goes on. */
export async function joinAs(services: AccountServices, text: string, user: User, actor: Actor): Promise<Org> {
  return services.engine.write(async (writer) => {
    await takeAccountsTurn(writer);
    return join(services, writer.database, text, user, actor);
  });
}

/**
 * Somebody without a session joins: with a new account, or with his own when the address has one and the password fits. Returns the
 * text of his session's cookie.
 */
export async function joinAnew(
  services: AccountServices,
  text: string,
  person: NewPerson,
  origin: Origin,
): Promise<string> {
  const { engine, clock } = services;
  await readInvite(services, text);
  const email = normaliseEmail(person.email);
  const known = await findUserByEmail(engine.reader, email);
  let password: string | null = null;
  if (known) await proveKnown(services, known, person.password, origin);
  else {
    checkPassword(person.password, email);
    password = await hashPassword(person.password);
  }
  return engine.write(async (writer) => {
    await takeAccountsTurn(writer);
    const { database } = writer;
    const user = known ?? (await addUser(database, { email, name: person.name.trim(), password }, clock.now()));
    if (!user) throw new Refusal('conflict', 'this address has just got an account; sign in first');
    await join(services, database, text, user, { name: email, address: origin.address, user: user.number });
    return beginSession(services, database, user, origin, 'invite');
  });
}

async function proveKnown(services: AccountServices, user: User, password: string, origin: Origin): Promise<void> {
  const attempt = await countAttempt(services.engine, user.email, origin.address, services.clock.now());
  if (!(await verifyPassword(password, user.password)) || user.disabledAt !== null) {
    throw new Refusal('wrong-credentials', 'this address has an account already: give its password, or sign in first');
  }
  await attempt.succeeded();
}

async function join(
  services: AccountServices,
  database: Database,
  text: string,
  user: User,
  actor: Actor,
): Promise<Org> {
  const now = services.clock.now();
  const link = await readLink(database, 'invite', text, now);
  const { org, role, email } = await invitationOf(database, link);
  if (email !== null && email !== user.email) {
    throw new Refusal('forbidden', 'this invite is meant for another address; sign in with that one');
  }
  const memberships = await membershipsOf(database, user.number);
  if (memberships.some((membership) => membership.org.number === org.number)) {
    throw new Refusal('conflict', `you are a member of ${org.name} already`);
  }
  await takeLink(database, link.id);
  await setMembership(database, org.number, user.number, role, now);
  await audit(services, database, org.number, actor, ['member.joined', user.email, { role }]);
  return org;
}
