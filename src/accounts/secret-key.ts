import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BYTES = 32;

/** The key file of a data folder. */
export const keyFile = (data: string): string => join(data, 'secret.key');

/**
 * The keys that secrets at rest are sealed with, the one in force first: `given` as text when there is one, else the file in the data
 * folder, made at the first start and readable by its owner only. Several keys, separated by commas, are older ones that still open what
 * they sealed. Throws a `RangeError` for a key that is none.
 */
export function loadSecretKeys(given: string | undefined, data: string): readonly Buffer[] {
  const text = given ?? readOrMake(keyFile(data));
  return text.split(',').map((part) => parseKey(part.trim(), given === undefined ? keyFile(data) : 'VARVE_SECRET_KEY'));
}

/** 32 bytes as 64 hex digits or base64. */
function parseKey(text: string, from: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.byteLength === BYTES) return key;
  throw new RangeError(`${from}: must be ${BYTES} random bytes as hex or base64, as by \`openssl rand -hex ${BYTES}\``);
}

function readOrMake(file: string): string {
  if (!existsSync(file)) {
    mkdirSync(join(file, '..'), { recursive: true });
    try {
      writeFileSync(file, `${randomBytes(BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another process that starts at the same moment made it: its key is the one.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    chmodSync(file, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}
