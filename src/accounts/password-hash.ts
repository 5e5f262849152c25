import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { canonicalPassword } from './password.ts';
import { Refusal } from './refusal.ts';

/** 19 MiB and two passes: the least that OWASP recommends for argon2id; 50 to 70 ms of one core. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const BYTES = 32;

/** Each hash holds 19 MiB and a thread of the pool that also compresses answers. */
const AT_ONCE = 2;
const WAITING = 32;

const derive = promisify(argon2);

/** A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const hash = await turn(() => digest(password, nonce, COST));
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${encode(nonce)}$${encode(hash)}`;
}

/** Whether a password fits; takes as long where there is no hash to compare with, so that nobody learns by the time who exists. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored ?? '');
  if (!parts) {
    await turn(() => digest(password, randomBytes(16), COST));
    return false;
  }
  const [, memory, passes, parallelism, nonce = '', hash = ''] = parts;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const expected = Buffer.from(hash, 'base64');
  const found = await turn(() => digest(password, Buffer.from(nonce, 'base64'), cost));
  return found.byteLength === expected.byteLength && timingSafeEqual(found, expected);
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

const digest = (password: string, nonce: Buffer, cost: typeof COST): Promise<Buffer> =>
  derive('argon2id', { message: canonicalPassword(password), nonce, tagLength: BYTES, ...cost }) as Promise<Buffer>;

let running = 0;
const waiting: (() => void)[] = [];

/** A few at once and a short queue: a flood of guesses may take neither the memory nor the threads. */
async function turn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING) {
      throw new Refusal('too-many', 'too many people sign in right now; try again soon', { wait: 2_000 });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
