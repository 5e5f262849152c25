import type { Clock } from '../domain/time.ts';
import { addAuditEntry } from '../store/audit.ts';
import type { Org } from '../store/catalog.ts';
import type { Database, Engine } from '../store/engine.ts';
import { actorOf, type Caller } from './caller.ts';

/** What the parts of accounts work with. */
export interface AccountServices {
  readonly engine: Engine;
  readonly clock: Clock;
  /** The org of the installation, which the first owner owns. */
  readonly home: Org;
}

/** Who does something, for the audit. */
export interface Actor {
  readonly name: string;
  readonly address: string;
  /** His number, where he is a user. */
  readonly user: number | null;
}

export const COMMAND_LINE: Actor = { name: 'command line', address: '', user: null };

export const actorFrom = (caller: Caller, address: string): Actor => ({
  name: actorOf(caller),
  address,
  user: caller.user?.number ?? null,
});

/** Writes an entry of the audit, in the transaction of what it tells of. Org null: it concerns the installation. */
export const audit = (
  { clock }: Pick<AccountServices, 'clock'>,
  database: Database,
  org: number | null,
  { name, address }: Actor,
  [action, target, detail = {}]: readonly [action: string, target: string, detail?: Readonly<Record<string, unknown>>],
): Promise<void> => addAuditEntry(database, org, { at: clock.now(), actor: name, action, target, detail, address });
