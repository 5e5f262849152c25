import type { Instant, Interval } from '../domain/time.ts';
import { type PublishedSet, WINDOWS, type WindowName } from '../domain/windows.ts';
import type { Publication } from '../store/publications.ts';
import type { PublishableSeries } from '../store/publishable-series.ts';
import { DueQueue, dueAt, expiryOf, type WindowStanding } from './due.ts';

/** A series whose windows are published. */
export interface Tracked {
  readonly set: PublishedSet;
  series: PublishableSeries;
  readonly windows: ReadonlyMap<WindowName, TrackedWindow>;
}

export interface TrackedWindow {
  readonly window: WindowName;
  readonly of: Tracked;
  /** Changes that the published version holds. */
  changes: number;
  standing: WindowStanding;
}

/** Windows that hold all that landed without being built anew: it lies outside of them. */
export interface Untouched {
  readonly series: number;
  readonly windows: readonly WindowName[];
  readonly before: number;
  readonly changes: number;
}

/** Which windows are to be built when, by what is known of their series. Pure: hears of everything, reads nothing. */
export class PublicationPlan {
  readonly #tracked = new Map<string, Tracked>();
  readonly #queue = new DueQueue<TrackedWindow>();

  /** When the next window is due. */
  get next(): Instant | undefined {
    return this.#queue.next;
  }

  get series(): Iterable<Tracked> {
    return this.#tracked.values();
  }

  find(id: string): Tracked | undefined {
    return this.#tracked.get(id);
  }

  /** Takes a series up with what is published of it. */
  track(series: PublishableSeries, set: PublishedSet, publications: readonly Publication[], now: Instant): void {
    const windows = new Map<WindowName, TrackedWindow>();
    const tracked: Tracked = { series, set, windows };
    for (const window of set.windows) {
      const publication = publications.find((candidate) => candidate.window === window);
      // One that was failing when the last process ended is tried at once: it may have been mended by the restart.
      const standing = standingOf(window, publication, series, now);
      windows.set(window, { window, of: tracked, changes: -1, standing });
    }
    this.#tracked.set(series.id, tracked);
    for (const entry of windows.values()) this.#take(entry, publications, now);
  }

  /** Hears what is published now, for instance by another process. */
  learn(id: string, publications: readonly Publication[], now: Instant): void {
    for (const entry of this.#tracked.get(id)?.windows.values() ?? []) this.#take(entry, publications, now);
  }

  #take(entry: TrackedWindow, publications: readonly Publication[], now: Instant): void {
    const publication = publications.find(({ window }) => window === entry.window);
    const { failures, failedAt } = entry.standing;
    entry.changes = publication?.changes ?? -1;
    const standing = standingOf(entry.window, publication, entry.of.series, now);
    // The store knows since when builds fail, not when the last one did: pauses counted from there would soon be none at all.
    const isAnother = standing.failures !== failures;
    entry.standing =
      standing.failures === 0 ? standing : { ...standing, failedAt: isAnother ? now : (failedAt ?? now) };
    this.#plan(entry);
  }

  /**
   * Hears that a series changed, somewhere inside `range`. Windows that overlap it are due; the others hold the change as they are, and are
   * returned to be recorded so.
   */
  changed(series: PublishableSeries, range: Interval, now: Instant): readonly Untouched[] {
    const tracked = this.#tracked.get(series.id);
    if (!tracked) return [];
    tracked.series = series;
    const untouched = new Map<number, WindowName[]>();
    for (const entry of tracked.windows.values()) {
      if (entry.changes === series.changes) continue;
      const { standing, window } = entry;
      const isInside = range.to > now - WINDOWS[window].length && range.from < now + WINDOWS[window].length;
      const isBehind = standing.behindSince !== null || standing.generatedAt === null || standing.failures > 0;
      if (!isInside && !isBehind) {
        untouched.set(entry.changes, [...(untouched.get(entry.changes) ?? []), window]);
        entry.changes = series.changes;
      } else if (standing.behindSince === null) {
        entry.standing = { ...standing, behindSince: now };
        this.#plan(entry);
      }
    }
    return [...untouched].map(([before, windows]) => ({
      series: series.number,
      windows,
      before,
      changes: series.changes,
    }));
  }

  published(
    entry: TrackedWindow,
    { changes, generatedAt, samples }: { changes: number; generatedAt: Instant | null; samples: number },
    now: Instant,
  ): void {
    entry.changes = changes;
    const { series } = entry.of;
    entry.standing = {
      ...built(entry.window, generatedAt, samples, series),
      behindSince: changes < series.changes ? now : null,
      failures: 0,
      failedAt: null,
    };
    this.#plan(entry);
  }

  failed(entry: TrackedWindow, now: Instant): void {
    entry.standing = { ...entry.standing, failures: entry.standing.failures + 1, failedAt: now };
    this.#plan(entry);
  }

  /** Looks again later: somebody else builds it, or what it reads is being prepared. */
  postpone(entry: TrackedWindow, until: Instant): void {
    this.#queue.plan(entry, until);
  }

  /** Takes the next window that is due. It is planned anew when its build was told of. */
  take(now: Instant): TrackedWindow | undefined {
    return this.#queue.take(now);
  }

  #plan(entry: TrackedWindow): void {
    this.#queue.plan(entry, dueAt(entry.window, entry.standing));
  }
}

function standingOf(
  window: WindowName,
  publication: Publication | undefined,
  series: PublishableSeries,
  now: Instant,
): WindowStanding {
  const generatedAt = publication?.versionId == null ? null : publication.generatedAt;
  return {
    ...built(window, generatedAt, publication?.samples ?? 0, series),
    behindSince: publication?.changes === series.changes ? null : now,
    failures: publication?.failures ?? 0,
    failedAt: publication?.failingSince ?? null,
  };
}

const built = (window: WindowName, generatedAt: Instant | null, samples: number, { lastAt }: PublishableSeries) => ({
  generatedAt,
  expiresAt: generatedAt === null ? null : expiryOf(window, generatedAt, lastAt),
  moves: samples > 0 || (lastAt !== null && lastAt >= (generatedAt ?? 0)),
});
