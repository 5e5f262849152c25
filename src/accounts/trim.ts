import { DAY, type Instant } from '../domain/time.ts';
import { trimAudit } from '../store/audit.ts';
import type { Database } from '../store/engine.ts';
import { trimAttempts } from '../store/login-attempts.ts';
import { trimLinks } from '../store/one-time-links.ts';
import { trimSessions } from '../store/sessions.ts';
import { IDLE_LIMIT } from './session-rules.ts';
import { ATTEMPTS_KEPT } from './throttle.ts';

/** How long the audit can be looked back at. */
const KEEP_AUDIT = 400 * DAY;

/** Forgets what is over: sessions, links, failed attempts and old entries of the audit. */
export async function trimAccounts(database: Database, now: Instant): Promise<void> {
  await trimSessions(database, now, now - IDLE_LIMIT);
  await trimLinks(database, now);
  await trimAttempts(database, now - ATTEMPTS_KEPT);
  await trimAudit(database, now - KEEP_AUDIT);
}
