import type { Org } from '../store/catalog.ts';
import { setMembership, takeAccountsTurn } from '../store/memberships.ts';
import { addOrg, renameOrg } from '../store/orgs.ts';
import { switchSessionOrg } from '../store/sessions.ts';
import type { Caller } from './caller.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, type Actor, audit } from './services.ts';

/** Makes an org; whoever makes it, where it is a user, owns it. */
export async function foundOrg(
  services: AccountServices,
  { id, name }: Pick<Org, 'id' | 'name'>,
  actor: Actor,
): Promise<Org> {
  const org = await services.engine.write(async (writer) => {
    await takeAccountsTurn(writer);
    const { database } = writer;
    const now = services.clock.now();
    const made = await addOrg(database, id, name, now);
    if (made && actor.user !== null) await setMembership(database, made.number, actor.user, 'owner', now);
    if (made) await audit(services, database, made.number, actor, ['org.created', id, { name }]);
    return made;
  });
  if (!org) throw new Refusal('conflict', `there is an org with the id ${JSON.stringify(id)} already`);
  return org;
}

export async function nameOrg(services: AccountServices, org: Org, name: string, actor: Actor): Promise<Org> {
  await services.engine.write(async ({ database }) => {
    await renameOrg(database, org.number, name);
    await audit(services, database, org.number, actor, ['org.renamed', org.id, { from: org.name, to: name }]);
  });
  return { ...org, name };
}

/** Turns a session to another org of its user, for this and all later requests. */
export async function switchOrg({ engine }: AccountServices, caller: Caller, id: string): Promise<Org> {
  const chosen = caller.memberships.find(({ org }) => org.id === id);
  if (!chosen) throw new Refusal('not-found', `you are in no org with the id ${JSON.stringify(id)}`);
  const { session } = caller;
  if (session) {
    await engine.write(({ database }) => switchSessionOrg(database, session.id, chosen.org.number));
  }
  return chosen.org;
}
