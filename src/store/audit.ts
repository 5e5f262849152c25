import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** What somebody did that concerns who may do what. Entries are only ever added, and forgotten after their time. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: Instant;
  /** In words that outlive the account: an address, `token NAME`, `command line`. */
  readonly actor: string;
  /** `member.removed`, `token.created`, … */
  readonly action: string;
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly address: string;
}

/** `org` null: concerns the installation. */
export async function addAuditEntry(
  database: Database,
  org: number | null,
  { detail, ...entry }: Omit<AuditEntry, 'seq'>,
): Promise<void> {
  await database
    .insertInto('audit')
    .values({ org, ...entry, detail: JSON.stringify(detail) })
    .execute();
}

export interface AuditFilter {
  /** Only entries older than this one. */
  readonly before?: number;
  readonly limit: number;
  /** With the entries that concern the installation. */
  readonly withInstallation: boolean;
}

/** Entries of an org, the newest first. */
export async function listAudit(database: Database, org: number, filter: AuditFilter): Promise<readonly AuditEntry[]> {
  const { before, limit, withInstallation } = filter;
  let query = database
    .selectFrom('audit')
    .selectAll()
    .where(({ eb, or }) => or([eb('org', '=', org), ...(withInstallation ? [eb('org', 'is', null)] : [])]));
  if (before !== undefined) query = query.where('seq', '<', before);
  const rows = await query.orderBy('seq', 'desc').limit(limit).execute();
  return rows.map(({ seq, at, actor, action, target, detail, address }) => ({
    seq: Number(seq),
    at,
    actor,
    action,
    target,
    detail: JSON.parse(detail) as Record<string, unknown>,
    address,
  }));
}

export async function trimAudit(database: Database, before: Instant): Promise<void> {
  await database.deleteFrom('audit').where('at', '<', before).execute();
}
