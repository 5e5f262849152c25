import { type Instant, MINUTE } from '../domain/time.ts';
import type { SecretBox } from './secret-box.ts';

const PURPOSE = 'local proof';
/** Clocks of one machine agree; a minute leaves room for a slow one. */
const LIFE = MINUTE;

/** The scheme of `Authorization` under which a proof is shown. */
export const PROOF_SCHEME = 'varve-key';

/** Proves for a minute that whoever made it can read the installation's key, so that `varve doctor` needs no token to read a running server. */
export const makeLocalProof = (box: SecretBox, now: Instant): string => box.seal(String(now), PURPOSE);

export function isLocalProof(box: SecretBox, text: string, now: Instant): boolean {
  const at = box.open(text, PURPOSE);
  return at !== undefined && Math.abs(now - Number(at)) < LIFE;
}
