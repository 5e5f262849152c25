/**
 * What a caller may do in an org. `read`: every answer. `ingest`: push samples and events. `edit`: change what is shown and start
 * work. `admin`: members, tokens, invites, audit.
 */
export const PERMISSIONS = ['read', 'ingest', 'edit', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['owner', 'editor', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

const OF_ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  owner: PERMISSIONS,
  editor: ['read', 'ingest', 'edit'],
  viewer: ['read'],
};

const OF_SCOPE: Readonly<Record<Scope, readonly Permission[]>> = {
  ingest: ['ingest'],
  read: ['read'],
  admin: PERMISSIONS,
};

export const ALL_PERMISSIONS: ReadonlySet<Permission> = new Set(PERMISSIONS);
export const NO_PERMISSIONS: ReadonlySet<Permission> = new Set();

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** An unknown word, of a newer version perhaps, permits nothing. */
export const permissionsOfRole = (role: string): ReadonlySet<Permission> =>
  isRole(role) ? new Set(OF_ROLE[role]) : NO_PERMISSIONS;

export const permissionsOfScopes = (scopes: readonly string[]): ReadonlySet<Permission> =>
  new Set(scopes.flatMap((scope) => OF_SCOPE[scope as Scope] ?? []));

/** The least scope of a token that permits something. */
export const scopeFor = (permission: Permission): Scope => (permission === 'edit' ? 'admin' : permission);

/** The least role that permits something. */
export const roleFor = (permission: Permission): Role =>
  ROLES.findLast((role) => OF_ROLE[role].includes(permission)) ?? 'owner';
