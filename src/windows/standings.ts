import { type Clock, type Instant, SECOND } from '../domain/time.ts';
import type { WindowName } from '../domain/windows.ts';
import type { Engine } from '../store/engine.ts';
import { feedBoundsOfAll, readFeedOfAll } from '../store/feed.ts';
import { type Publication, readPublications } from '../store/publications.ts';
import { findPublishable, type PublishableSeries } from '../store/publishable-series.ts';

/** What the store says of a series and its windows. */
export type SeriesStanding =
  | { readonly state: 'unreachable'; readonly since: Instant; readonly last: KnownStanding | undefined }
  | { readonly state: 'unknown-series' }
  | KnownStanding;

export interface KnownStanding {
  readonly state: 'known';
  readonly series: PublishableSeries;
  readonly publications: readonly Publication[];
  /** Since when a window lacks samples; windows that lack none are not in it. */
  readonly behindSince: ReadonlyMap<WindowName, Instant>;
}

/** A series of an org, by its number and the public id. One that another org holds is unknown to it. */
export interface SeriesOfOrg {
  readonly org: number;
  readonly series: string;
}

interface Held {
  readonly of: SeriesOfOrg;
  standing: Exclude<SeriesStanding, { state: 'unreachable' }>;
  isStale: boolean;
}

const EVENTS = 1_000;
/** An answer that the store does not give for so long is given without it. */
const STORE_PATIENCE = SECOND;
const PROBE_EVERY = 2 * SECOND;
const LIMIT = 20_000;
/** Where commits come faster than the feed is read, the last look is taken. */
const ROUNDS = 3;

/** How published series of all orgs stand, held true by the feed. A store that does not answer is noticed by a probe every two seconds at most. */
export class Standings implements Disposable {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #onChange: (of: SeriesOfOrg | undefined) => void;
  readonly #held = new Map<string, Held>();
  readonly #loading = new Map<string, { readonly of: SeriesOfOrg; readonly standing: Promise<SeriesStanding> }>();
  #cursor: number | undefined;
  #isBehind = true;
  #following: Promise<void> | undefined;
  #unreachableSince: Instant | undefined;
  #probedAt = 0;
  readonly #unsubscribe: () => void;

  /** `onChange` hears which series may stand otherwise now; undefined: any. */
  constructor(engine: Engine, clock: Clock, onChange: (of: SeriesOfOrg | undefined) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#unsubscribe = engine.onCommit(() => {
      this.#isBehind = true;
    });
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }

  /** Whether nothing was committed that was not looked at. */
  get isUpToDate(): boolean {
    return !this.#isBehind && this.#following === undefined;
  }

  get unreachableSince(): Instant | undefined {
    return this.#unreachableSince;
  }

  /** How a series stands after everything that was committed before the call; never rejects. */
  async of(of: SeriesOfOrg): Promise<SeriesStanding> {
    const key = keyOf(of);
    const now = this.#clock.now();
    const wasLost = this.#unreachableSince !== undefined;
    if (wasLost && now - this.#probedAt < PROBE_EVERY) return this.#unreachable(key);
    if (!wasLost) this.probe();
    try {
      if (wasLost) {
        this.#probedAt = now;
        await this.#patiently(this.#ask());
      }
      for (let round = 0; !this.isUpToDate && round < ROUNDS; round++) await this.#patiently(this.#follow());
      const held = this.#held.get(key);
      if (held && !held.isStale) return held.standing;
      return await this.#patiently(this.#load(key, of));
    } catch {
      return this.#unreachable(key);
    }
  }

  /** Asks the store whether it is there, if it was not asked a moment ago. */
  probe(): void {
    const now = this.#clock.now();
    if (now - this.#probedAt < PROBE_EVERY) return;
    this.#probedAt = now;
    this.#patiently(this.#ask()).catch(() => this.#lose());
  }

  async #ask(): Promise<void> {
    await this.#engine.size();
    await this.#engine.reader.selectFrom('org').select('number').limit(1).execute();
    this.#regain();
  }

  #follow(): Promise<void> {
    this.#following ??= this.#readOn().finally(() => {
      this.#following = undefined;
    });
    return this.#following;
  }

  async #readOn(): Promise<void> {
    const { reader } = this.#engine;
    while (this.#isBehind) {
      this.#isBehind = false;
      try {
        if (this.#cursor === undefined) {
          this.#cursor = (await feedBoundsOfAll(reader)).last;
          this.#spoil(() => true);
        }
        for (;;) {
          const events = await readFeedOfAll(reader, this.#cursor, EVENTS);
          const last = events.at(-1);
          if (!last) break;
          /** Names of the sources that landed something, by org. */
          const sources = new Map<number, Set<string>>();
          const series = new Set<string>();
          for (const { org, event } of events) {
            const { kind, payload } = event;
            if (kind === 'window') series.add(keyOf({ org, series: payload.series }));
            else if (kind === 'landed') sources.set(org, (sources.get(org) ?? new Set()).add(payload.source));
          }
          this.#spoil((held, key) => series.has(key) || hears(held, sources.get(held.of.org)));
          this.#cursor = last.event.seq;
        }
      } catch (error) {
        this.#isBehind = true;
        throw error;
      }
    }
  }

  #spoil(concerns: (held: Held, key: string) => boolean): void {
    for (const [key, held] of this.#held) {
      if (!concerns(held, key)) continue;
      held.isStale = true;
      this.#onChange(held.of);
    }
    // What is being read may be from before; whose series it is will only be known afterwards.
    for (const { of } of this.#loading.values()) this.#onChange(of);
  }

  #load(key: string, of: SeriesOfOrg): Promise<SeriesStanding> {
    const running = this.#loading.get(key);
    if (running !== undefined) return running.standing;
    const standing = this.#read(key, of).finally(() => this.#loading.delete(key));
    this.#loading.set(key, { of, standing });
    return standing;
  }

  async #read(key: string, of: SeriesOfOrg): Promise<SeriesStanding> {
    const { reader } = this.#engine;
    const cursor = this.#cursor;
    const series = await findPublishable(reader, of.org, of.series);
    const publications = series ? ((await readPublications(reader, [series.number])).get(series.number) ?? []) : [];
    const before = this.#held.get(key)?.standing;
    const standing = series
      ? { state: 'known' as const, series, publications, behindSince: this.#behind(series, publications, before) }
      : { state: 'unknown-series' as const };
    if (this.#held.size >= LIMIT) this.#held.delete(this.#held.keys().next().value as string);
    // What came in while it was read may be in it or not: it is good for once.
    this.#held.set(key, { of, standing, isStale: cursor !== this.#cursor });
    return standing;
  }

  #behind(
    { changes }: PublishableSeries,
    publications: readonly Publication[],
    before: Held['standing'] | undefined,
  ): ReadonlyMap<WindowName, Instant> {
    const known = before?.state === 'known' ? before.behindSince : new Map<WindowName, Instant>();
    return new Map(
      publications
        .filter((publication) => publication.changes !== changes)
        .map(({ window }) => [window, known.get(window) ?? this.#clock.now()]),
    );
  }

  #unreachable(key: string): SeriesStanding {
    this.#lose();
    const last = this.#held.get(key)?.standing;
    return {
      state: 'unreachable',
      since: this.#unreachableSince ?? this.#clock.now(),
      last: last?.state === 'known' ? last : undefined,
    };
  }

  #lose(): void {
    if (this.#unreachableSince !== undefined) return;
    this.#unreachableSince = this.#clock.now();
    this.#onChange(undefined);
  }

  #regain(): void {
    if (this.#unreachableSince === undefined) return;
    this.#unreachableSince = undefined;
    // Notifications may have been lost with the connection.
    this.#isBehind = true;
    this.#cursor = undefined;
    this.#onChange(undefined);
  }

  async #patiently<Result>(work: Promise<Result>): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<Result>();
    const cancel = this.#clock.after(STORE_PATIENCE, () => reject(new Error('the store did not answer in time')));
    // What comes too late is nobody's concern any more.
    work.catch(() => {});
    try {
      return await Promise.race([work, promise]);
    } finally {
      cancel();
    }
  }
}

const keyOf = ({ org, series }: SeriesOfOrg): string => `${org} ${series}`;

/** Whether a series may have got samples when these sources of its org landed something; undefined: none did. */
const hears = ({ standing }: Held, sources: ReadonlySet<string> | undefined): boolean =>
  sources !== undefined && (standing.state === 'unknown-series' || sources.has(standing.series.source));
