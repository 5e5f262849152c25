import type { Org } from '../store/catalog.ts';
import { membershipsOf, membersOf, setMembership, takeAccountsTurn } from '../store/memberships.ts';
import { removeLinks, takeLink } from '../store/one-time-links.ts';
import { removeSessionsOf } from '../store/sessions.ts';
import { addUser, findUser, findUserByEmail, type User, updateUser } from '../store/users.ts';
import { normaliseEmail } from './email.ts';
import { makeLink, readLink } from './links.ts';
import { checkPassword } from './password.ts';
import { hashPassword } from './password-hash.ts';
import type { Role } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, type Actor, audit, COMMAND_LINE } from './services.ts';
import type { Origin } from './session-rules.ts';
import { beginSession } from './sign-in.ts';

interface UserWish {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly org: Org;
  readonly role: Role;
}

/** Makes a user with a password and puts him into an org. */
export async function makeUser(services: AccountServices, wish: UserWish, actor: Actor): Promise<User> {
  const { engine, clock } = services;
  const email = normaliseEmail(wish.email);
  checkPassword(wish.password, email);
  const password = await hashPassword(wish.password);
  return engine.write(async (writer) => {
    await takeAccountsTurn(writer);
    const { database } = writer;
    const user = await addUser(database, { email, name: wish.name, password }, clock.now());
    if (!user) throw new Refusal('conflict', `there is a user ${email} already`);
    await setMembership(database, wish.org.number, user.number, wish.role, clock.now());
    await removeLinks(database, 'welcome');
    await audit(services, database, wish.org.number, actor, ['user.created', email, { role: wish.role }]);
    return user;
  });
}

/**
 * Shuts a user out everywhere, or lets him in again. His sessions end and his tokens are refused from now on. Who is the last owner of an org cannot be
 * disabled.
 */
export async function setDisabled(
  services: AccountServices,
  address: string,
  disabled: boolean,
  actor: Actor,
): Promise<User> {
  const email = normaliseEmail(address);
  return services.engine.write(async (writer) => {
    await takeAccountsTurn(writer);
    const { database } = writer;
    const user = await findUserByEmail(database, email);
    if (!user) throw unknownUser(email);
    if (disabled) {
      for (const { org, role } of await membershipsOf(database, user.number)) {
        const others = (await membersOf(database, org.number)).filter(
          (member) => member.role === 'owner' && member.disabledAt === null && member.number !== user.number,
        );
        if (role === 'owner' && others.length === 0) {
          throw new Refusal('conflict', `${email} is the last owner of ${org.name}; make somebody else one first`);
        }
      }
      await removeSessionsOf(database, user.number);
    }
    const disabledAt = disabled ? services.clock.now() : null;
    await updateUser(database, user.number, { disabledAt });
    await audit(services, database, null, actor, [disabled ? 'user.disabled' : 'user.enabled', email]);
    return { ...user, disabledAt };
  });
}

/** The text of a link by which a user sets a new password. Those made before stop working. */
export async function makePasswordLink(services: AccountServices, address: string, actor: Actor): Promise<string> {
  const email = normaliseEmail(address);
  return services.engine.write(async ({ database }) => {
    const user = await findUserByEmail(database, email);
    if (!user) throw unknownUser(email);
    await removeLinks(database, 'password', user.number);
    await audit(services, database, null, actor, ['password.link', email]);
    return (await makeLink(database, 'password', { user: user.number }, services.clock.now())).text;
  });
}

/** Sets a user's password on the command line and ends his sessions. */
export async function setPassword(services: AccountServices, address: string, password: string): Promise<User> {
  const email = normaliseEmail(address);
  const user = await findUserByEmail(services.engine.reader, email);
  if (!user) throw unknownUser(email);
  checkPassword(password, email);
  const hash = await hashPassword(password);
  await services.engine.write(async ({ database }) => {
    await updateUser(database, user.number, { password: hash });
    await removeSessionsOf(database, user.number);
    await audit(services, database, null, COMMAND_LINE, ['password.changed', email]);
  });
  return user;
}

/** Sets a new password by a link, ends all sessions and begins one; returns the text of its cookie. */
export async function resetPassword(
  services: AccountServices,
  text: string,
  password: string,
  origin: Origin,
): Promise<string> {
  const { engine, clock } = services;
  const link = await readLink(engine.reader, 'password', text, clock.now());
  const user = link.user === null ? undefined : await findUser(engine.reader, link.user);
  if (!user || user.disabledAt !== null) throw new Refusal('forbidden', 'this account is disabled');
  checkPassword(password, user.email);
  const hash = await hashPassword(password);
  return engine.write(async ({ database }) => {
    if (!(await takeLink(database, link.id))) throw new Refusal('not-found', 'this link was used just now');
    await updateUser(database, user.number, { password: hash });
    await removeSessionsOf(database, user.number);
    const actor = { name: user.email, address: origin.address, user: user.number };
    await audit(services, database, null, actor, ['password.changed', user.email, { by: 'link' }]);
    return beginSession(services, database, user, origin, 'password link');
  });
}

const unknownUser = (email: string): Refusal => new Refusal('not-found', `there is no user ${email}`);
