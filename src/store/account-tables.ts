import type { Generated } from 'kysely';

/** The tables of accounts. Secrets are never in them: a session, a token and a link are held as SHA-256 of what their holder shows. */
export interface AccountTables {
  user: UserTable;
  membership: MembershipTable;
  session: SessionTable;
  token: TokenTable;
  one_time_link: OneTimeLinkTable;
  login_attempt: LoginAttemptTable;
  audit: AuditTable;
  external_identity: ExternalIdentityTable;
}

interface UserTable {
  number: Generated<number>;
  id: string;
  /** Normalised, so that one address is one user. */
  email: string;
  name: string;
  /** A PHC string of argon2id; null for who signs in by another service only. */
  password: string | null;
  disabled_at: number | null;
  created_at: number;
  last_sign_in_at: number | null;
}

interface MembershipTable {
  org: number;
  user: number;
  role: string;
  created_at: number;
}

interface SessionTable {
  /** What lists show; worth nothing as a credential. */
  id: string;
  hash: string;
  user: number;
  /** The org that requests of this session ask, unless they name another. */
  org: number | null;
  address: string;
  agent: string;
  created_at: number;
  seen_at: number;
  /** However much it is used, it ends here. */
  expires_at: number;
}

interface TokenTable {
  id: string;
  org: number;
  hash: string;
  name: string;
  /** Separated by blanks. */
  scopes: string;
  /** Null: made on the command line. */
  made_by: number | null;
  created_at: number;
  expires_at: number | null;
  used_at: number | null;
  revoked_at: number | null;
}

interface OneTimeLinkTable {
  id: string;
  hash: string;
  kind: string;
  org: number | null;
  user: number | null;
  email: string | null;
  role: string | null;
  made_by: number | null;
  created_at: number;
  expires_at: number;
}

interface LoginAttemptTable {
  /** `account:…` or `address:…`, hashed. */
  key: string;
  failures: number;
  failed_at: number;
  blocked_until: number;
}

interface AuditTable {
  seq: Generated<number>;
  /** Null: concerns the installation, not one org. */
  org: number | null;
  at: number;
  /** Who did it, in words that outlive the account. */
  actor: string;
  action: string;
  target: string;
  detail: string;
  address: string;
}

interface ExternalIdentityTable {
  provider: string;
  /** The provider's own name for the person, which never changes. */
  subject: string;
  user: number;
  email: string;
  created_at: number;
}
