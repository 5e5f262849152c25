import type { Caller } from '../accounts/caller.ts';
import { PERMISSIONS, type Permission, type Role, type Scope } from '../accounts/permissions.ts';
import type { Member } from '../store/memberships.ts';
import type { OneTimeLink } from '../store/one-time-links.ts';
import type { Token } from '../store/tokens.ts';
import type { InviteListBody, MeBody, MemberBody, TokenBody } from './accounts-contract.ts';

export const meBody = ({ user, token, local, org, permissions, installation, memberships }: Caller): MeBody => ({
  user: user && { id: user.id, email: user.email, name: user.name, hasPassword: user.password !== null },
  token: token && { id: token.id, name: token.name, scopes: [...token.scopes] as Scope[] },
  local,
  org: org && { id: org.id, name: org.name },
  permissions: inOrder(permissions),
  installation: inOrder(installation),
  orgs: memberships.map((membership) => ({
    id: membership.org.id,
    name: membership.org.name,
    role: membership.role as Role,
  })),
});

const inOrder = (permissions: ReadonlySet<Permission>): Permission[] =>
  PERMISSIONS.filter((permission) => permissions.has(permission));

export const memberBody = (member: Member): MemberBody => ({
  id: member.id,
  email: member.email,
  name: member.name,
  role: member.role as Role,
  disabled: member.disabledAt !== null,
  since: member.since,
  lastSignInAt: member.lastSignInAt,
});

export const inviteBody = ({
  id,
  role,
  email,
  createdAt,
  expiresAt,
}: OneTimeLink): InviteListBody['invites'][number] => ({ id, role: role as Role, email, createdAt, expiresAt });

/** `madeBy`: the address of its maker. */
export const tokenBody = (token: Token, madeBy: string | null): TokenBody => ({
  id: token.id,
  name: token.name,
  scopes: [...token.scopes] as Scope[],
  madeBy,
  createdAt: token.createdAt,
  expiresAt: token.expiresAt,
  usedAt: token.usedAt,
  revokedAt: token.revokedAt,
});
