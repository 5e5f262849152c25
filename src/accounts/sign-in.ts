import type { Database } from '../store/engine.ts';
import { membershipsOf } from '../store/memberships.ts';
import { addSession, removeSession, removeSessionsOf } from '../store/sessions.ts';
import { findUserByEmail, type User, updateUser } from '../store/users.ts';
import { credentialText } from './credential.ts';
import { normaliseEmail } from './email.ts';
import { checkPassword } from './password.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, type Actor, audit } from './services.ts';
import { newSession, type Origin } from './session-rules.ts';
import { countAttempt } from './throttle.ts';

/** One message for every reason: a stranger learns nothing about who is here. */
const wrong = (): Refusal =>
  new Refusal('wrong-credentials', 'the address or the password is wrong, or the account is disabled');

/** Signs in; returns the text of the new session's cookie. Throws a `Refusal`. */
export async function signIn(
  services: AccountServices,
  given: { readonly email: string; readonly password: string },
  origin: Origin,
): Promise<string> {
  const { engine, clock } = services;
  const email = normaliseEmail(given.email);
  const attempt = await countAttempt(engine, email, origin.address, clock.now());
  const user = await findUserByEmail(engine.reader, email);
  const fits = await verifyPassword(given.password, user?.password ?? null);
  if (!user || !fits || user.disabledAt !== null) {
    const actor = { name: email, address: origin.address, user: user?.number ?? null };
    if (user) {
      await engine.write(({ database }) => audit(services, database, null, actor, ['sign-in.failed', user.email]));
    }
    throw wrong();
  }
  await attempt.succeeded();
  return engine.write(({ database }) => beginSession(services, database, user, origin, 'password'));
}

/** A new session for a user who has proved himself; returns the text of its cookie. */
export async function beginSession(
  services: AccountServices,
  database: Database,
  user: User,
  origin: Origin,
  by: string,
): Promise<string> {
  const now = services.clock.now();
  const [first] = await membershipsOf(database, user.number);
  const { session, credential } = newSession(user.number, first?.org.number ?? null, origin, now);
  await addSession(database, session);
  await updateUser(database, user.number, { lastSignInAt: now });
  const actor = { name: user.email, address: origin.address, user: user.number };
  await audit(services, database, null, actor, ['sign-in', user.email, { by }]);
  return credentialText(credential);
}

/** Ends one session of a user. */
export async function endSession(services: AccountServices, user: User, id: string, actor: Actor): Promise<void> {
  const ended = await services.engine.write(async ({ database }) => {
    const found = await removeSession(database, user.number, id);
    if (found) await audit(services, database, null, actor, ['sign-out', user.email]);
    return found;
  });
  if (!ended) throw new Refusal('not-found', `you have no session with the id ${JSON.stringify(id)}`);
}

/** Ends every session of a user, his own with them; returns how many. */
export function endAllSessions(services: AccountServices, user: User, actor: Actor): Promise<number> {
  return services.engine.write(async ({ database }) => {
    const ended = await removeSessionsOf(database, user.number);
    await audit(services, database, null, actor, ['sign-out.everywhere', user.email, { ended }]);
    return ended;
  });
}

/**
 * Sets another password, ends every session and begins a new one, whose cookie is returned: whoever had the old one is out. Guesses at the current
 * one are throttled as signing in is.
 */
export async function changePassword(
  services: AccountServices,
  user: User,
  given: { readonly current: string; readonly password: string },
  origin: Origin,
): Promise<string> {
  const { engine, clock } = services;
  const attempt = await countAttempt(engine, user.email, origin.address, clock.now());
  if (!(await verifyPassword(given.current, user.password))) {
    throw new Refusal('invalid', 'is not your password', { field: 'current' });
  }
  await attempt.succeeded();
  checkPassword(given.password, user.email);
  const password = await hashPassword(given.password);
  return engine.write(async ({ database }) => {
    await updateUser(database, user.number, { password });
    await removeSessionsOf(database, user.number);
    const actor = { name: user.email, address: origin.address, user: user.number };
    await audit(services, database, null, actor, ['password.changed', user.email]);
    return beginSession(services, database, user, origin, 'password');
  });
}
