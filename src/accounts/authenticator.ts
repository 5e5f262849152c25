import type { Clock, Instant } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Database, Engine } from '../store/engine.ts';
import { type Membership, membershipsOf } from '../store/memberships.ts';
import { listOrgs } from '../store/orgs.ts';
import { findSession, type Session, touchSession } from '../store/sessions.ts';
import { findToken, type Token, touchToken } from '../store/tokens.ts';
import { findUser, type User } from '../store/users.ts';
import { type Caller, localCaller } from './caller.ts';
import { hashSecret, parseCredential, parseToken, provesSecret } from './credential.ts';
import { NO_PERMISSIONS, type Permission, permissionsOfRole, permissionsOfScopes } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { isSessionOver, TOUCH_EVERY } from './session-rules.ts';

/** What a credential leads to; what depends on the clock or the request is settled anew each time. */
type Found = FoundSession | FoundToken;

interface FoundSession {
  readonly session: Session;
  readonly user: User;
  readonly memberships: readonly Membership[];
}

interface FoundToken {
  readonly token: Token;
  readonly org: Org;
  readonly maker: Maker | null;
}

/** Who made a token, as far as it limits the token. */
interface Maker {
  readonly disabled: boolean;
  readonly permissions: ReadonlySet<Permission>;
}

const MOST_REMEMBERED = 2_000;
/** No credential is longer. */
const LONGEST = 200;

/**
 * Turns credentials into callers. What was found is remembered until anything is committed anywhere, so a request costs a look-up at most, and a
 * revoked credential is refused from the next request on.
 */
export class Authenticator {
  readonly #engine: Engine;
  readonly #clock: Clock;
  /** The org of the installation. */
  readonly #home: Org;
  readonly #onError: (error: unknown) => void;
  readonly #remembered = new Map<string, Found>();
  #revision = -1;
  #orgs: readonly Org[] = [];

  /** `onError` hears of uses that could not be written down. */
  constructor(engine: Engine, home: Org, clock: Clock, onError: (error: unknown) => void) {
    this.#engine = engine;
    this.#home = home;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** The caller behind the cookie of a session; undefined when it is none, is over, or its user is disabled. */
  async session(text: string, wanted?: string): Promise<Caller | undefined> {
    const found = await this.#find(text, findBySession);
    return found && 'session' in found ? this.#sessionCaller(found, wanted) : undefined;
  }

  /** The caller behind a credential that was shown before, at once; undefined when it must be looked up, or does not hold. */
  recall(text: string): Caller | undefined {
    if (text.length > LONGEST) return undefined;
    this.#bringUp();
    const found = this.#remembered.get(hashSecret(text));
    if (!found) return undefined;
    return 'session' in found ? this.#sessionCaller(found, undefined) : this.#tokenCaller(found, undefined);
  }

  #sessionCaller({ session, user, memberships }: FoundSession, wanted: string | undefined): Caller | undefined {
    const now = this.#clock.now();
    if (isSessionOver(session, now)) return undefined;
    if (now - session.seenAt >= TOUCH_EVERY) this.#note((database) => touchSession(database, session.id, now));
    const chosen = chooseOrg(memberships, session.org, wanted);
    const home = memberships.find(({ org }) => org.number === this.#home.number);
    return {
      user,
      session,
      token: null,
      org: chosen?.org ?? null,
      permissions: permissionsOfRole(chosen?.role ?? ''),
      installation: permissionsOfRole(home?.role ?? ''),
      memberships,
      local: false,
    };
  }

  /** The caller behind a token; undefined when it is none, has expired or was revoked, or its maker is gone. */
  async token(text: string, wanted?: string): Promise<Caller | undefined> {
    const found = await this.#find(text, findByToken);
    return found && 'token' in found ? this.#tokenCaller(found, wanted) : undefined;
  }

  #tokenCaller({ token, org, maker }: FoundToken, wanted: string | undefined): Caller | undefined {
    const now = this.#clock.now();
    if (token.revokedAt !== null || maker?.disabled || isPast(token.expiresAt, now)) return undefined;
    if (wanted !== undefined && wanted !== org.id) throw foreignOrg(wanted);
    if (isPast(token.usedAt ?? 0, now - TOUCH_EVERY)) this.#note((database) => touchToken(database, token.id, now));
    const granted = permissionsOfScopes(token.scopes);
    const permissions = maker ? granted.intersection(maker.permissions) : granted;
    return {
      user: null,
      session: null,
      token,
      org,
      permissions,
      installation: org.number === this.#home.number ? permissions : NO_PERMISSIONS,
      memberships: [],
      local: false,
    };
  }

  /** Somebody who holds the key of the installation: reads what concerns it. */
  keyHolder(): Caller {
    const permissions: ReadonlySet<Permission> = new Set(['read']);
    const nobody = { user: null, session: null, token: null, memberships: [], local: false };
    return { ...nobody, org: this.#home, permissions, installation: permissions };
  }

  /** Whoever asks, when accounts are off. */
  async local(wanted?: string): Promise<Caller> {
    await this.#bringUp();
    if (this.#orgs.length === 0) this.#orgs = await listOrgs(this.#engine.reader);
    const org = wanted === undefined ? this.#home : this.#orgs.find(({ id }) => id === wanted);
    if (!org) throw foreignOrg(wanted ?? '');
    return localCaller(org, this.#orgs);
  }

  async #find(
    text: string,
    load: (database: Database, text: string) => Promise<Found | undefined>,
  ): Promise<Found | undefined> {
    if (text.length > LONGEST) return undefined;
    const revision = this.#bringUp();
    const key = hashSecret(text);
    const known = this.#remembered.get(key);
    if (known) return known;
    const found = await load(this.#engine.reader, text);
    if (found && revision === this.#engine.revision()) {
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, found);
    }
    return found;
  }

  #bringUp(): number {
    const revision = this.#engine.revision();
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#remembered.clear();
      this.#orgs = [];
    }
    return revision;
  }

  #note(write: (database: Database) => Promise<void>): void {
    this.#engine.write(({ database }) => write(database)).catch(this.#onError);
  }
}

async function findBySession(database: Database, text: string): Promise<Found | undefined> {
  const credential = parseCredential(text);
  const session = credential && (await findSession(database, credential.id));
  if (!session || !provesSecret(credential.secret, session.hash)) return undefined;
  const [user, memberships] = await Promise.all([
    findUser(database, session.user),
    membershipsOf(database, session.user),
  ]);
  return user && user.disabledAt === null ? { session, user, memberships } : undefined;
}

async function findByToken(database: Database, text: string): Promise<Found | undefined> {
  const credential = parseToken(text);
  const token = credential && (await findToken(database, credential.id));
  if (!token || !provesSecret(credential.secret, token.hash)) return undefined;
  const org = (await listOrgs(database)).find(({ number }) => number === token.org);
  return org && { token, org, maker: token.madeBy === null ? null : await makerOf(database, token.madeBy, org) };
}

/** A token never does more than who made it may do now: who leaves takes his tokens' rights with him. */
async function makerOf(database: Database, number: number, org: Org): Promise<Maker> {
  const [user, memberships] = await Promise.all([findUser(database, number), membershipsOf(database, number)]);
  const role = memberships.find((membership) => membership.org.number === org.number)?.role;
  return { disabled: user?.disabledAt !== null || role === undefined, permissions: permissionsOfRole(role ?? '') };
}

/** The org that was asked for, else the session's, else the first. Throws for one that is not among them. */
function chooseOrg(
  memberships: readonly Membership[],
  preferred: number | null,
  wanted: string | undefined,
): Membership | undefined {
  if (wanted === undefined) return memberships.find(({ org }) => org.number === preferred) ?? memberships[0];
  const chosen = memberships.find(({ org }) => org.id === wanted);
  if (!chosen) throw foreignOrg(wanted);
  return chosen;
}

/** The same words for an org that there is and one that there is not. */
const foreignOrg = (id: string): Refusal =>
  new Refusal('forbidden', `X-Varve-Org names ${JSON.stringify(id.slice(0, 100))}, which is no org of yours`);

const isPast = (instant: Instant | null, now: Instant): boolean => instant !== null && instant <= now;
