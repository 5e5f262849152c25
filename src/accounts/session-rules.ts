import { DAY, type Instant, MINUTE } from '../domain/time.ts';
import type { Session } from '../store/sessions.ts';
import { type Credential, newCredential } from './credential.ts';

/** A session that is not used for so long is over. */
export const IDLE_LIMIT = 7 * DAY;
/** However much it is used. */
export const SESSION_LIMIT = 30 * DAY;
/** Use is written down this often at most: each request would be a write otherwise. */
export const TOUCH_EVERY = 5 * MINUTE;

const LONGEST_AGENT = 200;

/** Where a browser comes from, for lists that its owner reads. */
export interface Origin {
  readonly address: string;
  readonly agent: string;
}

/** Always a fresh id and secret: what a browser held before signing in never becomes a session. */
export function newSession(
  user: number,
  org: number | null,
  { address, agent }: Origin,
  now: Instant,
): { readonly session: Session; readonly credential: Credential } {
  const { hash, ...credential } = newCredential();
  const session: Session = {
    id: credential.id,
    hash,
    user,
    org,
    address,
    agent: agent.slice(0, LONGEST_AGENT),
    createdAt: now,
    seenAt: now,
    expiresAt: now + SESSION_LIMIT,
  };
  return { session, credential };
}

export const isSessionOver = ({ expiresAt, seenAt }: Session, now: Instant): boolean =>
  now >= expiresAt || now >= seenAt + IDLE_LIMIT;
