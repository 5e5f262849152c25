import type { AccountServices } from '../../src/accounts/services.ts';
import { ensureOrg, type Org } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { ManualClock } from '../support/clock.ts';

export const NOW = Date.parse('2026-05-01T08:00:00Z');
export const PASSWORD = 'correct horse battery';

export interface AccountsRig {
  readonly services: AccountServices;
  readonly clock: ManualClock;
  readonly org: Org;
}

let count = 0;

/** Accounts over an org of their own, empty of users but for those of other tests. */
export async function accountsRig(engine: Engine): Promise<AccountsRig> {
  const clock = new ManualClock(NOW);
  const id = `accounts-${count++}`;
  const org = await engine.write(({ database }) => ensureOrg(database, id, id, NOW));
  return { services: { engine, clock, home: org }, clock, org };
}

/** Addresses that no other test uses. */
export const freshEmail = (name: string): string => `${name}-${count++}@example.org`;

export const ORIGIN = { address: '192.0.2.1', agent: 'test' };
