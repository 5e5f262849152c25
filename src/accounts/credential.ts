import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * What a caller shows to be known: `ID_SECRET`. The id finds the row, the secret proves it. Sessions, tokens and one-time links have the same
 * shape. A secret has 256 bits, so a fast hash guards it as well as a slow one.
 */
export interface Credential {
  readonly id: string;
  readonly secret: string;
}

/** What begins every token: it tells a leaked one to scanners of repositories, and to people. */
const TOKEN_PREFIX = 'varve_';

export function newCredential(): Credential & { readonly hash: string } {
  const id = randomBytes(9).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, secret, hash: hashSecret(secret) };
}

export const credentialText = ({ id, secret }: Credential): string => `${id}_${secret}`;

export const tokenText = (credential: Credential): string => TOKEN_PREFIX + credentialText(credential);

export function parseCredential(text: string): Credential | undefined {
  const [, id, secret] = /^([0-9a-f]{18})_([\w-]{43})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

export const parseToken = (text: string): Credential | undefined =>
  text.startsWith(TOKEN_PREFIX) ? parseCredential(text.slice(TOKEN_PREFIX.length)) : undefined;

/** Whether a secret is the one that was hashed, in constant time. */
export function provesSecret(secret: string, hash: string): boolean {
  const found = Buffer.from(hashSecret(secret));
  const expected = Buffer.from(hash);
  return found.byteLength === expected.byteLength && timingSafeEqual(found, expected);
}

/** SHA-256 in hex. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
