import { HOUR, type Instant } from '../domain/time.ts';
import type { Database } from '../store/engine.ts';
import { addLink, findLink, type LinkKind, type OneTimeLink } from '../store/one-time-links.ts';
import { credentialText, newCredential, parseCredential, provesSecret } from './credential.ts';
import { Refusal } from './refusal.ts';

/** How long each kind of link works. */
const LINK_LIFE: Readonly<Record<LinkKind, number>> = {
  welcome: 24 * HOUR,
  invite: 7 * 24 * HOUR,
  password: 2 * HOUR,
};

type Meant = Partial<Pick<OneTimeLink, 'org' | 'user' | 'email' | 'role' | 'madeBy'>>;

/** Makes a link; its text is known now and never again. */
export async function makeLink(
  database: Database,
  kind: LinkKind,
  meant: Meant,
  now: Instant,
): Promise<{ readonly link: OneTimeLink; readonly text: string }> {
  const { hash, ...credential } = newCredential();
  const link: OneTimeLink = {
    org: null,
    user: null,
    email: null,
    role: null,
    madeBy: null,
    ...meant,
    id: credential.id,
    hash,
    kind,
    createdAt: now,
    expiresAt: now + LINK_LIFE[kind],
  };
  await addLink(database, link);
  return { link, text: credentialText(credential) };
}

/** The link behind a text; throws a `Refusal` when it is none, is of another kind, was used or has expired. */
export async function readLink(database: Database, kind: LinkKind, text: string, now: Instant): Promise<OneTimeLink> {
  const credential = parseCredential(text);
  const link = credential && (await findLink(database, credential.id));
  if (!link || !provesSecret(credential.secret, link.hash) || link.kind !== kind || link.expiresAt <= now) {
    throw new Refusal('not-found', 'this link does not work any more: it was used, was taken back, or is too old');
  }
  return link;
}
