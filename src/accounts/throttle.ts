import { DAY, type Instant, MINUTE, SECOND } from '../domain/time.ts';
import type { Engine } from '../store/engine.ts';
import { type Attempts, forgetAttempts, holdAttempts, writeAttempts } from '../store/login-attempts.ts';
import { hashSecret } from './credential.ts';
import { Refusal } from './refusal.ts';

interface ThrottleRule {
  /** Failures without any wait. */
  readonly free: number;
  readonly longestWait: number;
}

/** An account is never shut for long, or a stranger could shut its owner out; an address is. */
const RULES = {
  account: { free: 5, longestWait: 5 * MINUTE },
  address: { free: 20, longestWait: 30 * MINUTE },
} as const satisfies Record<string, ThrottleRule>;

const FIRST_WAIT = 5 * SECOND;
/** Failures older than this count no more. */
export const ATTEMPTS_KEPT = DAY;

/** What is remembered after one more failure: the wait doubles with each beyond the free ones. */
export function afterFailure(
  before: Attempts | undefined,
  { free, longestWait }: ThrottleRule,
  now: Instant,
): Attempts {
  const failures = before && now - before.failedAt < ATTEMPTS_KEPT ? before.failures + 1 : 1;
  const beyond = failures - free;
  const wait = beyond < 0 ? 0 : Math.min(longestWait, FIRST_WAIT * 2 ** Math.min(beyond, 20));
  return { failures, failedAt: now, blockedUntil: now + wait };
}

/** An attempt that was let through and counted as failed already. */
export interface CountedAttempt {
  /** It was none: the account is forgiven, and the address this one attempt. */
  succeeded(): Promise<void>;
}

/**
 * Lets an attempt through or throws a `Refusal` with the wait. It is counted as failed before anything is compared: a thousand guesses at
 * once are a thousand failures, not one.
 */
export async function countAttempt(
  engine: Engine,
  email: string,
  address: string,
  now: Instant,
): Promise<CountedAttempt> {
  const keys = { account: hashSecret(`account:${email}`), address: hashSecret(`address:${networkOf(address)}`) };
  const wait = await engine.write(async ({ database }) => {
    const known = await holdAttempts(database, Object.values(keys));
    const blocked = Math.max(...Object.values(keys).map((key) => known.get(key)?.blockedUntil ?? 0));
    if (blocked > now) return blocked - now;
    for (const kind of ['account', 'address'] as const) {
      await writeAttempts(database, keys[kind], afterFailure(known.get(keys[kind]), RULES[kind], now));
    }
    return 0;
  });
  if (wait > 0) {
    throw new Refusal('too-many', `too many failed attempts; try again in ${Math.ceil(wait / SECOND)} s`, { wait });
  }
  return {
    succeeded: async () => {
      await engine.write(async ({ database }) => {
        await forgetAttempts(database, keys.account);
        const of = (await holdAttempts(database, [keys.address])).get(keys.address);
        if (of)
          await writeAttempts(database, keys.address, {
            ...of,
            failures: Math.max(0, of.failures - 1),
            blockedUntil: 0,
          });
      });
    },
  };
}

/** Whoever has one address of IPv6 has 2^64 of them. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  return [...groups, ...zeros, ...rest]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
