import { setMembership, takeAccountsTurn } from '../store/memberships.ts';
import { removeLinks } from '../store/one-time-links.ts';
import { addUser, hasUsers } from '../store/users.ts';
import { normaliseEmail } from './email.ts';
import { makeLink, readLink } from './links.ts';
import { checkPassword } from './password.ts';
import { hashPassword } from './password-hash.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, audit } from './services.ts';
import type { Origin } from './session-rules.ts';
import { beginSession } from './sign-in.ts';

/** The text of a link that makes the first owner; undefined once there is somebody. */
export function makeWelcomeLink({ engine, clock }: AccountServices): Promise<string | undefined> {
  return engine.write(async ({ database }) => {
    if (await hasUsers(database)) return undefined;
    return (await makeLink(database, 'welcome', {}, clock.now())).text;
  });
}

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Makes the first owner and signs him in; returns the text of his session's cookie. */
export async function welcomeFirstOwner(
  services: AccountServices,
  text: string,
  person: NewPerson,
  origin: Origin,
): Promise<string> {
  const { engine, clock, home } = services;
  const now = clock.now();
  await readLink(engine.reader, 'welcome', text, now);
  const email = normaliseEmail(person.email);
  checkPassword(person.password, email);
  const password = await hashPassword(person.password);
  return engine.write(async (writer) => {
    const { database } = writer;
    await takeAccountsTurn(writer);
    await readLink(database, 'welcome', text, now);
    const user = (await hasUsers(database))
      ? undefined
      : await addUser(database, { email, name: person.name.trim(), password }, now);
    if (!user) throw new Refusal('conflict', 'there is an owner already; ask to be invited');
    await setMembership(database, home.number, user.number, 'owner', now);
    await removeLinks(database, 'welcome');
    const actor = { name: email, address: origin.address, user: user.number };
    await audit(services, database, home.number, actor, ['owner.welcomed', email]);
    return beginSession(services, database, user, origin, 'welcome link');
  });
}
