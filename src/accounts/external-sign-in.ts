import { findExternalUser, linkExternalUser } from '../store/external-identities.ts';
import { findUser, findUserByEmail } from '../store/users.ts';
import { normaliseEmail } from './email.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, audit } from './services.ts';
import type { Origin } from './session-rules.ts';
import { beginSession } from './sign-in.ts';
import type { ExternalPerson } from './sign-in-provider.ts';

/**
 * Signs in whom another service names; returns the text of the new session's cookie. He is the user that he was linked with before, else the one of
 * the address that the service has verified, who is linked with him from then on. Nobody is let in who has no account here.
 */
export async function signInExternally(
  services: AccountServices,
  provider: { readonly id: string; readonly title: string },
  person: ExternalPerson,
  origin: Origin,
): Promise<string> {
  return services.engine.write(async ({ database }) => {
    const linked = await findExternalUser(database, provider.id, person.subject);
    if (linked !== undefined) {
      const user = await findUser(database, linked);
      if (!user || user.disabledAt !== null) throw new Refusal('forbidden', 'this account is disabled');
      return beginSession(services, database, user, origin, provider.title);
    }
    if (person.email === null || !person.emailVerified) {
      throw new Refusal('forbidden', `${provider.title} knows no verified address of yours`);
    }
    const email = normaliseEmail(person.email);
    const user = await findUserByEmail(database, email);
    if (!user || user.disabledAt !== null) {
      throw new Refusal('forbidden', `nobody has an account here with the address ${email}; ask to be invited`);
    }
    const identity = { provider: provider.id, subject: person.subject, user: user.number, email };
    await linkExternalUser(database, identity, services.clock.now());
    const actor = { name: email, address: origin.address, user: user.number };
    await audit(services, database, null, actor, ['sign-in.linked', email, { with: provider.title }]);
    return beginSession(services, database, user, origin, provider.title);
  });
}
