import type { AccountServices } from '../accounts/services.ts';
import type { Flags } from '../config.ts';
import type { Org } from '../store/catalog.ts';
import { findOrg, listOrgs } from '../store/orgs.ts';
import { Failure } from './failure.ts';
import { type OpenStore, openForWork } from './open-store.ts';

/** The store as the parts of accounts see it; a server may run beside it, and hears of every change at once. */
export interface AccountsStore extends OpenStore {
  readonly services: AccountServices;
}

export async function openAccounts(flags: Flags): Promise<AccountsStore> {
  const store = await openForWork(flags);
  const { engine, clock, org } = store;
  return { ...store, services: { engine, clock, home: org } };
}

/** The org with an id; throws a `Failure` that names those there are. */
export async function orgNamed({ engine }: OpenStore, id: string): Promise<Org> {
  const org = await findOrg(engine.reader, id);
  if (org) return org;
  const there = (await listOrgs(engine.reader)).map((one) => one.id).join(', ');
  throw new Failure(`there is no org ${JSON.stringify(id)}; there are ${there}`);
}
