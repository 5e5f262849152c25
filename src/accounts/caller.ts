import type { Org } from '../store/catalog.ts';
import type { Membership } from '../store/memberships.ts';
import type { Session } from '../store/sessions.ts';
import type { Token } from '../store/tokens.ts';
import type { User } from '../store/users.ts';
import { ALL_PERMISSIONS, type Permission } from './permissions.ts';

/** Who asks, for which org, and what he may do there. */
export interface Caller {
  /** The person; null for tokens and in local mode. */
  readonly user: User | null;
  readonly session: Session | null;
  readonly token: Token | null;
  /** Null: a person who is member of no org. */
  readonly org: Org | null;
  readonly permissions: ReadonlySet<Permission>;
  /** What he may do in the org of the installation: its configuration and measurements concern nobody else. */
  readonly installation: ReadonlySet<Permission>;
  /** All orgs that he may turn to. */
  readonly memberships: readonly Membership[];
  /** In local mode nobody is asked who he is. */
  readonly local: boolean;
}

/** Everybody who reaches the server, when accounts are off. */
export const localCaller = (org: Org, orgs: readonly Org[]): Caller => ({
  user: null,
  session: null,
  token: null,
  org,
  permissions: ALL_PERMISSIONS,
  installation: ALL_PERMISSIONS,
  memberships: orgs.map((one) => ({ org: one, role: 'owner' })),
  local: true,
});

/** How the audit calls him. */
export function actorOf({ user, token, local }: Caller): string {
  if (user) return user.email;
  return token ? `token ${token.name}` : local ? 'local' : 'nobody';
}
