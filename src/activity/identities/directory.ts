import { type Clock, type Instant, MINUTE, SECOND } from '../../domain/time.ts';
import type { Engine } from '../../store/engine.ts';
import { type IdentityState, readIdentities, type StoredIdentity, writeIdentities } from '../../store/identities.ts';
import { IdentityFailure, type IdentityProvider, type Person } from './provider.ts';

/** How long what was found out counts as fresh. */
const FRESH = 30 * MINUTE;
const FRESH_UNKNOWN = 5 * MINUTE;
/** A provider that failed is left alone for so long. */
const FAILURE_PAUSE = 5 * SECOND;
/** How many ids are asked for at once. */
const SIDE_BY_SIDE = 8;
const MOST_KEPT = 20_000;
const MOST_FAILURES = 1_000;

/** Whom an id names, as answers say it. */
export interface Identity {
  readonly id: string;
  readonly state: IdentityState;
  readonly username: string | null;
  readonly global_name: string | null;
  readonly display_name: string | null;
  readonly avatar_url: string | null;
  /** Was a member and has left; what was known stays. */
  readonly departed: boolean;
}

export interface Resolved {
  /** Those that anything is known of; `unknown` among them when their provider said so. */
  readonly identities: ReadonlyMap<string, Identity>;
  /** What went wrong, in words for a reader; then some are missing or old. */
  readonly warnings: readonly string[];
  /** Milliseconds for which all of this stays fresh. */
  readonly freshFor: number;
}

/** Who asks, and for which stream. */
export interface Place {
  readonly org: number;
  readonly stream: string;
}

/**
 * Names and pictures in place of ids, from memory, from the store, and last from the providers: however many ask for one id at once, it
 * is asked for once. A provider that fails never fails the answer.
 */
export class IdentityDirectory implements Disposable {
  readonly #engine: Engine;
  readonly #providers: readonly IdentityProvider[];
  readonly #clock: Clock;
  readonly #known = new Map<string, StoredIdentity>();
  readonly #running = new Map<string, Promise<Outcome>>();
  /** By provider and place: one guild that a bot may not see must not keep names from others. */
  readonly #failures = new Map<string, { at: Instant; reason: string }>();
  readonly #waiting: (() => void)[] = [];
  readonly #stopped = new AbortController();
  #active = 0;

  constructor(engine: Engine, providers: readonly IdentityProvider[], clock: Clock) {
    this.#engine = engine;
    this.#providers = providers;
    this.#clock = clock;
  }

  /** Waits at most `patience` milliseconds for providers; what comes later is there for the next who asks. */
  async resolve(place: Place, ids: Iterable<string>, patience = 4 * SECOND): Promise<Resolved> {
    const wanted = [...new Set(ids)];
    await this.#remember(
      place,
      wanted.filter((id) => !this.#known.has(keyOf(place, id))),
    );
    const now = this.#clock.now();
    const stale = wanted.filter((id) => this.#freshness(this.#known.get(keyOf(place, id)), now) <= 0);
    const warnings = new Set<string>();
    if (stale.length > 0) {
      const asked = stale.map((id) => this.#ask(place, id));
      const all = Promise.all(asked.map(async (outcome) => (await outcome).problem));
      const { promise: late, resolve: tell } = Promise.withResolvers<undefined>();
      const cancel = this.#clock.after(patience, () => tell(undefined));
      const problems = await Promise.race([all, late]);
      cancel();
      for (const problem of problems ?? ['names take long to come; those that are missing come later'])
        if (problem !== undefined) warnings.add(problem);
    }
    const identities = new Map<string, Identity>();
    let freshFor = FRESH;
    for (const id of wanted) {
      const known = this.#known.get(keyOf(place, id));
      freshFor = Math.min(freshFor, Math.max(0, this.#freshness(known, now)));
      if (known) identities.set(id, identityOf(known));
    }
    return { identities, warnings: [...warnings], freshFor };
  }

  [Symbol.dispose](): void {
    this.#stopped.abort();
  }

  async #remember({ org, stream }: Place, ids: readonly string[]): Promise<void> {
    for (const identity of await readIdentities(this.#engine.reader, org, stream, ids))
      this.#keep({ org, stream }, identity);
  }

  #keep(place: Place, identity: StoredIdentity): void {
    const key = keyOf(place, identity.id);
    this.#known.delete(key);
    this.#known.set(key, identity);
    if (this.#known.size > MOST_KEPT) this.#known.delete(this.#known.keys().next().value as string);
  }

  /** Milliseconds for which it is fresh yet; 0 and less when it must be asked for. */
  #freshness(known: StoredIdentity | undefined, now: Instant): number {
    if (!known) return 0;
    return known.fetchedAt + (known.state === 'unknown' ? FRESH_UNKNOWN : FRESH) - now;
  }

  #ask(place: Place, id: string): Promise<Outcome> {
    const key = keyOf(place, id);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = this.#find(place, id).finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }

  async #find(place: Place, id: string): Promise<Outcome> {
    const provider = this.#providers.find((candidate) => candidate.accepts(id));
    if (!provider) return { problem: undefined };
    const failureKey = keyOf(place, provider.name);
    await this.#turn();
    try {
      const failed = this.#failures.get(failureKey);
      if (failed && this.#clock.now() - failed.at < FAILURE_PAUSE) return { problem: failed.reason };
      const person = await provider.find(place.stream, id, this.#stopped.signal);
      this.#failures.delete(failureKey);
      await this.#store(place, id, provider, person);
      return { problem: undefined };
    } catch (error) {
      if (!(error instanceof IdentityFailure)) return { problem: 'names could not be stored or read' };
      if (this.#failures.size > MOST_FAILURES) this.#failures.clear();
      this.#failures.set(failureKey, { at: this.#clock.now(), reason: error.message });
      return { problem: error.message };
    } finally {
      this.#active--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#active >= SIDE_BY_SIDE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#active++;
  }

  async #store(place: Place, id: string, provider: IdentityProvider, person: Person): Promise<void> {
    const before = this.#known.get(keyOf(place, id));
    // A deleted account leaves no name behind, but here one was known.
    const kept =
      person.state === 'unknown' && before && before.state !== 'unknown'
        ? { ...before, state: 'departed' as const }
        : person;
    const identity: StoredIdentity = {
      id,
      provider: provider.name,
      state: kept.state,
      username: kept.username,
      globalName: kept.globalName,
      displayName: kept.displayName,
      avatarUrl: kept.avatarUrl,
      fetchedAt: this.#clock.now(),
    };
    this.#keep(place, identity);
    await this.#engine.write((writer) => writeIdentities(writer, place.org, place.stream, [identity]));
  }
}

interface Outcome {
  readonly problem: string | undefined;
}

const keyOf = ({ org, stream }: Place, id: string): string => `${org} ${stream} ${id}`;

const identityOf = ({ id, state, username, globalName, displayName, avatarUrl }: StoredIdentity): Identity => ({
  id,
  state,
  username,
  global_name: globalName,
  display_name: displayName,
  avatar_url: avatarUrl,
  departed: state === 'departed',
});
