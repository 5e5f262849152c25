import type { Instant, Interval } from '../domain/time.ts';
import type { WindowName } from '../domain/windows.ts';
import { type FeedEvent, feedBoundsOfAll, readFeed, readFeedOfAll } from '../store/feed.ts';
import { forgetPublications, readPublications, recordUntouched } from '../store/publications.ts';
import { listPublishableOfAll, listPublishableOfSource, type PublishableSeries } from '../store/publishable-series.ts';
import { IndexWriter } from './index-writer.ts';
import { PublicationPlan, type TrackedWindow } from './publication-plan.ts';
import { publishedSetOf } from './published-set.ts';
import { type BuildStep, WindowBuilder, type WindowBuilderOptions } from './window-builder.ts';
import type { WindowsSettings } from './windows-config.ts';

export interface PublisherOptions extends WindowBuilderOptions {
  readonly settings: Pick<WindowsSettings, 'rules'>;
}

/** The version of each window that answers a refresh. */
export interface Refreshed {
  readonly window: WindowName;
  readonly versionId: string | null;
}

const PAGE = 2_000;
const EVENTS = 1_000;
const AT_ONCE = 3;
const FOLLOW_EVERY = 200;
/** Another process builds the window; its end is told by the feed, this is for when it is killed. */
const BUSY_PAUSE = 1_000;
const BUSY_TRIES = 120;
/** While so many buckets of a series wait to be rolled up, its windows wait too, but not longer than so many tries. */
const MOST_DIRTY = 300;
const FREEZE_PAUSE = 200;
const FREEZE_TRIES = 50;

/**
 * Keeps the published windows of all orgs up to date. Commits wake it; the feed names the sources that landed something, of which only those series are
 * built whose changes moved, and of those only the windows that overlap what landed.
 */
export class Publisher implements AsyncDisposable {
  readonly #options: PublisherOptions;
  readonly #builder: WindowBuilder;
  readonly #plan = new PublicationPlan();
  readonly #index: IndexWriter;
  readonly #running = new Set<Promise<void>>();
  readonly #awaitingFreeze = new Map<TrackedWindow, number>();
  #cursor = 0;
  #following: Promise<void> | undefined;
  #followAgain = false;
  #stopped = false;
  #unsubscribe = (): void => {};
  #cancelTimer = (): void => {};
  #cancelWake: (() => void) | undefined;
  #followedAt = 0;
  /** Sources, by `placeOf`, of which nothing is published whatever their series are called. */
  readonly #ignored = new Set<string>();
  #released: (() => void)[] = [];

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#builder = new WindowBuilder(options);
    this.#index = new IndexWriter(options.blobs, options.clock, () => this.#plan.series, options.onError);
  }

  /** Takes up every series that is published, and begins. */
  async start(): Promise<void> {
    const { engine, clock, onError } = this.#options;
    // From before the series are read: what lands meanwhile is looked at again.
    this.#cursor = (await feedBoundsOfAll(engine.reader)).last;
    await this.#takeUp();
    this.#unsubscribe = engine.onCommit(() => this.#wake());
    this.#index.start().catch(onError);
    this.#wake();
    this.#build(clock.now());
  }

  /**
   * Builds windows of a series of an org now, unless what is published is new enough, and resolves with their versions. Shares builds that run, in this
   * process or another. Throws an `Error` whose message is the reason, for people.
   */
  async refresh(
    org: number,
    id: string,
    windows: readonly WindowName[],
    asOf: Instant,
    signal: AbortSignal,
    onStep: (window: WindowName, step: BuildStep) => void,
  ): Promise<readonly Refreshed[]> {
    await this.#follow();
    const refreshed: Refreshed[] = [];
    for (const window of windows) {
      const tracked = this.#plan.find(id);
      const entry = tracked?.series.org === org ? tracked.windows.get(window) : undefined;
      if (!entry) throw new Error(`the series does not publish ${window}`);
      const versionId = await this.#refreshOne(entry, asOf, signal, (step) => onStep(window, step));
      refreshed.push({ window, versionId });
    }
    return refreshed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#cancelTimer();
    this.#cancelWake?.();
    await this.#following?.catch(() => {});
    await Promise.all(this.#running);
    await this.#builder.settled();
    await this.#index[Symbol.asyncDispose]();
  }

  async #refreshOne(
    entry: TrackedWindow,
    asOf: Instant,
    signal: AbortSignal,
    onStep: (step: BuildStep) => void,
  ): Promise<string | null> {
    for (let attempt = 1; attempt <= BUSY_TRIES; attempt++) {
      signal.throwIfAborted();
      const outcome = await this.#buildOne(entry, { asOf, onStep });
      if (outcome.state === 'failed') throw new Error(outcome.reason);
      if (outcome.state === 'busy') {
        await this.#untilReleased();
        continue;
      }
      await this.#follow();
      // A build that was joined may have read before the caller's samples landed.
      if (outcome.changes >= entry.of.series.changes) return outcome.versionId;
    }
    throw new Error('others were building it for too long; what is published stays');
  }

  async #buildOne(entry: TrackedWindow, how: { asOf?: Instant; onStep?: (step: BuildStep) => void }) {
    const { clock } = this.#options;
    const { of, window } = entry;
    const { granularities } = of.set;
    const outcome = await this.#builder.build({ series: of.series, window, granularities, ...how });
    if (outcome.state === 'failed') this.#plan.failed(entry, clock.now());
    else if (outcome.state === 'busy') this.#plan.postpone(entry, clock.now() + BUSY_PAUSE);
    else this.#plan.published(entry, outcome, clock.now());
    return outcome;
  }

  /** Resolves when a window was published or failed somewhere, or after a while. */
  async #untilReleased(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(BUSY_PAUSE, resolve);
    this.#released.push(resolve);
    await promise;
    cancel();
  }

  /** Under a storm of commits the feed is read a few times a second; no window is built more often. */
  #wake(): void {
    const { clock, onError } = this.#options;
    if (this.#stopped || this.#cancelWake) return;
    const wait = this.#followedAt + FOLLOW_EVERY - clock.now();
    if (wait > 0 && wait <= FOLLOW_EVERY) {
      this.#cancelWake = clock.after(wait, () => {
        this.#cancelWake = undefined;
        this.#wake();
      });
      return;
    }
    this.#follow()
      .catch((error: unknown) => {
        onError(error);
        // What could not be read is not told of again: without another commit nobody would look.
        if (!this.#stopped)
          this.#cancelWake ??= clock.after(BUSY_PAUSE, () => {
            this.#cancelWake = undefined;
            this.#wake();
          });
      })
      .finally(() => this.#build(clock.now()));
  }

  /** Resolves when everything committed before the call is known. */
  #follow(): Promise<void> {
    if (this.#following !== undefined) {
      this.#followAgain = true;
      return this.#following;
    }
    this.#followedAt = this.#options.clock.now();
    this.#following = this.#readOn();
    return this.#following;
  }

  async #readOn(): Promise<void> {
    const { engine } = this.#options;
    try {
      do {
        this.#followAgain = false;
        for (;;) {
          const events = await readFeedOfAll(engine.reader, this.#cursor, EVENTS);
          const last = events.at(-1);
          if (!last) break;
          await this.#apply(events);
          this.#cursor = last.event.seq;
        }
      } while (this.#followAgain);
    } finally {
      // In the same breath as the last look at `followAgain`: a call in between would be lost.
      this.#following = undefined;
    }
  }

  async #apply(events: readonly OrgEvent[]): Promise<void> {
    const { engine, clock } = this.#options;
    const landed = events.flatMap(({ org, event: { kind, payload } }) =>
      kind === 'landed' ? [{ org, source: payload.source }] : [],
    );
    const sources = new Map(landed.map((place) => [placeOf(place), place]));
    for (const [name, place] of sources) {
      if (this.#ignored.has(name)) continue;
      const series = await this.#seriesOf(place);
      // What is counted may have landed by events that are not read yet: their ranges count too, and are looked at once more.
      const after = await readFeed(engine.reader, place.org, events.at(-1)?.event.seq ?? 0, EVENTS);
      const own = events.filter(({ org }) => org === place.org).map(({ event }) => event);
      const range = rangeOf([...own, ...after], place.source);
      if (range) await this.#hear(series, range);
    }
    const published = new Set(
      events.flatMap(({ event: { kind, payload } }) => (kind === 'window' ? [payload.series] : [])),
    );
    for (const id of published) {
      const tracked = this.#plan.find(id);
      if (!tracked) continue;
      const { number } = tracked.series;
      const publications = (await readPublications(engine.reader, [number])).get(number) ?? [];
      this.#plan.learn(id, publications, clock.now());
    }
    if (published.size > 0) for (const resolve of this.#released.splice(0)) resolve();
  }

  async #hear(series: readonly PublishableSeries[], range: Interval): Promise<void> {
    const { engine, clock, settings } = this.#options;
    const now = clock.now();
    const [first] = series;
    if (first && first.sourceKind !== 'push' && settings.rules.length === 0) this.#ignored.add(placeOf(first));
    const isNew = (one: PublishableSeries): boolean => this.#plan.find(one.id) === undefined;
    await this.#track(series.filter(isNew));
    const untouched = series.flatMap((one) => this.#plan.changed(one, range, now));
    if (untouched.length === 0) return;
    await engine.write(async ({ database }) => {
      for (const { series: number, windows, before, changes } of untouched)
        await recordUntouched(database, number, windows, before, changes);
    });
  }

  async #takeUp(): Promise<void> {
    const { engine } = this.#options;
    for (let after = -1; ; ) {
      const page = await listPublishableOfAll(engine.reader, { after, limit: PAGE });
      await this.#track(page);
      await this.#forget(page);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.number;
    }
  }

  /** Windows that are published no more, by other rules than before: nobody builds them, so they would be behind for ever. */
  async #forget(series: readonly PublishableSeries[]): Promise<void> {
    const { engine, settings } = this.#options;
    const known = await readPublications(
      engine.reader,
      series.map(({ number }) => number),
    );
    const over = series.flatMap((one) => {
      const { windows } = publishedSetOf(settings, one);
      const left = (known.get(one.number) ?? []).filter(({ window }) => !windows.includes(window));
      return left.map(({ window }) => ({ window, number: one.number }));
    });
    if (over.length === 0) return;
    await engine.write(async ({ database }) => {
      for (const [window, those] of Map.groupBy(over, (one) => one.window))
        await forgetPublications(
          database,
          window,
          those.map(({ number }) => number),
        );
    });
  }

  async #seriesOf({ org, source }: SourcePlace): Promise<readonly PublishableSeries[]> {
    const { engine } = this.#options;
    const found: PublishableSeries[] = [];
    for (;;) {
      const part = { after: found.at(-1)?.number ?? -1, limit: PAGE };
      const page = await listPublishableOfSource(engine.reader, org, source, part);
      found.push(...page);
      if (page.length < PAGE) return found;
    }
  }

  async #track(series: readonly PublishableSeries[]): Promise<void> {
    const { engine, clock, settings } = this.#options;
    const sets = series.map((one) => ({ series: one, set: publishedSetOf(settings, one) }));
    const published = sets.filter(({ set }) => set.windows.length > 0);
    if (published.length === 0) return;
    const known = await readPublications(
      engine.reader,
      published.map(({ series: { number } }) => number),
    );
    for (const { series: one, set } of published) this.#plan.track(one, set, known.get(one.number) ?? [], clock.now());
    for (const { series: one } of published) this.#index.change(one.orgId);
  }

  #build(now: Instant): void {
    this.#cancelTimer();
    if (this.#stopped) return;
    while (this.#running.size < AT_ONCE) {
      const entry = this.#plan.take(now);
      if (!entry) break;
      const running = this.#buildDue(entry)
        .catch((error: unknown) => {
          this.#options.onError(error);
          this.#plan.postpone(entry, this.#options.clock.now() + BUSY_PAUSE);
        })
        .finally(() => {
          this.#running.delete(running);
          this.#build(this.#options.clock.now());
        });
      this.#running.add(running);
    }
    const { next } = this.#plan;
    if (next === undefined || this.#running.size >= AT_ONCE) return;
    this.#cancelTimer = this.#options.clock.after(Math.max(next - now, 1), () =>
      this.#build(this.#options.clock.now()),
    );
  }

  async #buildDue(entry: TrackedWindow): Promise<void> {
    if (await this.#waitsForFreeze(entry)) {
      this.#plan.postpone(entry, this.#options.clock.now() + FREEZE_PAUSE);
      return;
    }
    await this.#buildOne(entry, {});
  }

  /** Right it would be either way; but after a backfill a build would read every sample of it. */
  async #waitsForFreeze(entry: TrackedWindow): Promise<boolean> {
    const { org, id } = entry.of.series;
    const knowledge = await this.#options.history.find(org, id).catch(() => undefined);
    const tries = this.#awaitingFreeze.get(entry) ?? 0;
    const waits = (knowledge?.dirty.length ?? 0) > MOST_DIRTY && tries < FREEZE_TRIES;
    if (waits) this.#awaitingFreeze.set(entry, tries + 1);
    else this.#awaitingFreeze.delete(entry);
    return waits;
  }
}

interface OrgEvent {
  readonly org: number;
  readonly event: FeedEvent;
}

/** A source by its name, which others have in other orgs. */
interface SourcePlace {
  readonly org: number;
  readonly source: string;
}

const placeOf = ({ org, source }: SourcePlace): string => `${org} ${source}`;

/** Where a source landed something by these events. */
function rangeOf(events: readonly FeedEvent[], source: string): Interval | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { kind, payload } of events) {
    if (kind !== 'landed' || payload.source !== source) continue;
    from = Math.min(from, payload.from);
    to = Math.max(to, payload.to);
  }
  return from < to ? { from, to } : undefined;
}
