import type { Org } from '../store/catalog.ts';
import type { Database } from '../store/engine.ts';
import { type Member, membersOf, removeMembership, setMembership, takeAccountsTurn } from '../store/memberships.ts';
import type { Role } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, type Actor, audit } from './services.ts';

/** Gives a member of an org another role. The last owner stays one: nobody could mend it afterwards. */
export function changeRole(services: AccountServices, org: Org, id: string, role: Role, actor: Actor): Promise<Member> {
  return services.engine.write(async (writer) => {
    await takeAccountsTurn(writer);
    const { database } = writer;
    const { member, isLastOwner } = await find(database, org, id);
    if (isLastOwner && role !== 'owner') throw lastOwner(org);
    await setMembership(database, org.number, member.number, role, services.clock.now());
    const detail = { from: member.role, to: role };
    await audit(services, database, org.number, actor, ['member.changed', member.email, detail]);
    return { ...member, role };
  });
}

/** Takes a member out of an org. His tokens end with it: a token never does more than who made it. */
export function removeMember(services: AccountServices, org: Org, id: string, actor: Actor): Promise<void> {
  return services.engine.write(async (writer) => {
    await takeAccountsTurn(writer);
    const { database } = writer;
    const { member, isLastOwner } = await find(database, org, id);
    if (isLastOwner) throw lastOwner(org);
    await removeMembership(database, org.number, member.number);
    await audit(services, database, org.number, actor, ['member.removed', member.email, { role: member.role }]);
  });
}

async function find(database: Database, org: Org, id: string): Promise<{ member: Member; isLastOwner: boolean }> {
  const members = await membersOf(database, org.number);
  const member = members.find((one) => one.id === id);
  if (!member) throw new Refusal('not-found', `there is no member with the id ${JSON.stringify(id)}`);
  // A disabled owner cannot mend anything.
  const others = members.filter((one) => one.role === 'owner' && one.disabledAt === null && one.id !== id);
  return { member, isLastOwner: member.role === 'owner' && others.length === 0 };
}

const lastOwner = ({ name }: Org): Refusal =>
  new Refusal('conflict', `${name} needs an owner: make somebody else one first`);
