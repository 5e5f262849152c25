import { DAY, type Instant } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import { addToken, revokeToken, type Token } from '../store/tokens.ts';
import { newCredential, tokenText } from './credential.ts';
import type { Scope } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { type AccountServices, type Actor, audit } from './services.ts';

/** When nothing is said. */
export const TOKEN_LIFE = 90 * DAY;

export interface TokenWish {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: never. */
  readonly expiresAt: Instant | null;
}

/** Makes a token of an org; its text is known now and never again. */
export function issueToken(
  { engine, clock }: AccountServices,
  org: Org,
  { name, scopes, expiresAt }: TokenWish,
  actor: Actor,
): Promise<{ readonly token: Token; readonly text: string }> {
  const now = clock.now();
  if (expiresAt !== null && expiresAt <= now) {
    throw new Refusal('invalid', 'must be in the future', { field: 'expiresAt' });
  }
  const { hash, ...credential } = newCredential();
  const token: Token = {
    id: credential.id,
    org: org.number,
    hash,
    name,
    scopes: [...new Set(scopes)].sort(),
    madeBy: actor.user,
    createdAt: now,
    expiresAt,
    usedAt: null,
    revokedAt: null,
  };
  return engine.write(async ({ database }) => {
    await addToken(database, token);
    await audit({ clock }, database, org.number, actor, ['token.created', name, { id: token.id, scopes, expiresAt }]);
    return { token, text: tokenText(credential) };
  });
}

/** Ends a token of an org for good. */
export async function endToken(services: AccountServices, org: Org, id: string, actor: Actor): Promise<Token> {
  const token = await services.engine.write(async ({ database }) => {
    const found = await revokeToken(database, org.number, id, services.clock.now());
    if (found) await audit(services, database, org.number, actor, ['token.revoked', found.name, { id }]);
    return found;
  });
  if (!token) throw new Refusal('not-found', `there is no token with the id ${JSON.stringify(id)}`);
  return token;
}
