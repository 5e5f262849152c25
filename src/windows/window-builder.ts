import { BlobError } from '../blobs/blob-error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { type Clock, type Instant, SECOND } from '../domain/time.ts';
import { type PublishedSet, type WindowName, windowRange } from '../domain/windows.ts';
import type { History } from '../history/history.ts';
import { type Engine, StoreUnavailable } from '../store/engine.ts';
import { appendToFeed } from '../store/feed.ts';
import {
  claimPublication,
  type Held,
  keepPublication,
  type Publication,
  readPublications,
  recordFailed,
  recordPublished,
  releasePublication,
} from '../store/publications.ts';
import { findPublishable, type PublishableSeries } from '../store/publishable-series.ts';
import { BuildRefused, type BuiltWindow, buildWindow } from './build.ts';
import { publish } from './publish.ts';

/** The steps of a build, in order; each is told once it is done. */
export const BUILD_STEPS = ['read', 'staged', 'swapped'] as const;
export type BuildStep = (typeof BUILD_STEPS)[number];

export type BuildOutcome =
  | {
      readonly state: 'published' | 'current';
      readonly versionId: string | null;
      readonly changes: number;
      readonly generatedAt: Instant | null;
      readonly samples: number;
    }
  /** Another process builds it. */
  | { readonly state: 'busy' }
  | { readonly state: 'failed'; readonly reason: string };

export interface WindowBuilderOptions {
  readonly engine: Engine;
  readonly history: History;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Names this builder among all of all processes. */
  readonly owner: string;
  /** Hears of what the builds cannot tell by their outcome. */
  readonly onError: (error: unknown) => void;
}

export interface BuildRequest {
  readonly series: PublishableSeries;
  readonly window: WindowName;
  readonly granularities: PublishedSet['granularities'];
  /** A version built later than a second before this is new enough, if nothing landed since; left out, the window must not have moved on. */
  readonly asOf?: Instant;
  readonly onStep?: (step: BuildStep) => void;
}

/** A builder that holds a window longer than this without a sign of life counts as gone. */
const LEASE = 30 * SECOND;
const RENEW_EVERY = 10 * SECOND;

interface Building {
  readonly outcome: Promise<BuildOutcome>;
  readonly listeners: Set<(step: BuildStep) => void>;
}

/**
 * Builds and publishes windows, each once at a time: callers of this process share the build that runs, other processes are kept off by the
 * lease. Whatever happens the lease is given back and a failure recorded; the version before stays.
 */
export class WindowBuilder {
  readonly #options: WindowBuilderOptions;
  readonly #building = new Map<string, Building>();

  constructor(options: WindowBuilderOptions) {
    this.#options = options;
  }

  /** Builds unless what is published is new enough. Joins a build that runs; whether it saw what the caller wants is the caller's to check. */
  build(request: BuildRequest): Promise<BuildOutcome> {
    const key = `${request.series.id} ${request.window}`;
    const running = this.#building.get(key);
    const { onStep } = request;
    if (running) {
      if (onStep) running.listeners.add(onStep);
      return running.outcome;
    }
    const listeners = new Set(onStep ? [onStep] : []);
    const outcome = this.#build(request, (step) => {
      for (const listener of listeners) listener(step);
    }).finally(() => this.#building.delete(key));
    this.#building.set(key, { outcome, listeners });
    return outcome;
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.#building.values()].map(({ outcome }) => outcome));
  }

  async #build(request: BuildRequest, onStep: (step: BuildStep) => void): Promise<BuildOutcome> {
    const { engine, clock, owner } = this.#options;
    const { series, window } = request;
    const held: Held = { series: series.number, window, owner };
    try {
      const current = await this.#currentOf(request);
      if (current) return current;
      const claimed = await engine.write(({ database }) =>
        claimPublication(database, series.number, window, owner, clock.now() + LEASE, clock.now()),
      );
      if (!claimed) return { state: 'busy' };
    } catch (error) {
      return { state: 'failed', reason: this.#explain(error) };
    }
    const stopRenewing = this.#renew(held);
    const begin = performance.now();
    try {
      // Somebody may have published between the look and the claim.
      const current = await this.#currentOf(request);
      if (current) {
        await engine.write(({ database }) => releasePublication(database, held));
        return current;
      }
      return await this.#publish(request, held, begin, onStep);
    } catch (error) {
      return this.#fail(request, held, begin, error);
    } finally {
      stopRenewing();
    }
  }

  async #currentOf({ series, window, asOf }: BuildRequest): Promise<BuildOutcome | undefined> {
    const { engine, clock } = this.#options;
    const now = await findPublishable(engine.reader, series.org, series.id);
    const publication = (await readPublications(engine.reader, [series.number]))
      .get(series.number)
      ?.find((candidate) => candidate.window === window);
    if (!now || !publication || !isCurrent(publication, now.changes, clock.now(), asOf)) return undefined;
    const { versionId, changes, generatedAt, samples } = publication;
    return { state: 'current', versionId, changes, generatedAt, samples: samples ?? 0 };
  }

  async #publish(
    { series, window, granularities }: BuildRequest,
    held: Held,
    begin: number,
    onStep: (step: BuildStep) => void,
  ): Promise<BuildOutcome> {
    const { engine, history, blobs, clock } = this.#options;
    const reader = { history, database: engine.reader, org: series.org };
    const built = await buildWindow(reader, clock, series.id, window, granularities);
    onStep('read');
    const mayStillSwap = () => engine.write(({ database }) => keepPublication(database, held, clock.now() + LEASE));
    const isSwapped = await publish(blobs, built, mayStillSwap, onStep);
    if (!isSwapped) return { state: 'busy' };
    await this.#record(built, series, held, performance.now() - begin);
    const { versionId, changes, generatedAt, samples } = built;
    return { state: 'published', versionId, changes, generatedAt, samples };
  }

  async #record(built: BuiltWindow, { org, source }: PublishableSeries, held: Held, duration: number): Promise<void> {
    const { engine, clock } = this.#options;
    const { series, window, versionId, generatedAt, to, changes, samples } = built;
    const published = { changes, versionId, generatedAt, to, samples, buildDuration: Math.round(duration) };
    await engine.write(async (writer) => {
      if (!(await recordPublished(writer.database, held, published))) return;
      const payload = { series, source, window, state: 'published' as const, versionId, duration, reason: null };
      await appendToFeed(writer, org, 'window', payload, clock.now());
    });
  }

  async #fail(
    { series: { id, org, source }, window }: BuildRequest,
    held: Held,
    begin: number,
    error: unknown,
  ): Promise<BuildOutcome> {
    const { engine, clock, onError } = this.#options;
    const reason = this.#explain(error);
    const duration = performance.now() - begin;
    try {
      await engine.write(async (writer) => {
        await recordFailed(writer.database, held, reason, clock.now());
        const payload = { series: id, source, window, state: 'failed' as const, versionId: null, duration, reason };
        await appendToFeed(writer, org, 'window', payload, clock.now());
      });
    } catch (unrecorded) {
      // The lease runs out, and this builder may take its own again before.
      onError(unrecorded);
    }
    return { state: 'failed', reason };
  }

  #renew(held: Held): () => void {
    const { engine, clock, onError } = this.#options;
    let cancel = (): void => {};
    const later = (): void => {
      cancel = clock.after(RENEW_EVERY, () => {
        later();
        engine.write(({ database }) => keepPublication(database, held, clock.now() + LEASE)).catch(onError);
      });
    };
    later();
    return () => cancel();
  }

  /** What people are told. The text of an unexpected error stays in the log. */
  #explain(error: unknown): string {
    if (error instanceof BuildRefused || error instanceof BlobError || error instanceof StoreUnavailable)
      return error.message;
    this.#options.onError(error);
    return 'something went wrong while building; the log has the reason';
  }
}

function isCurrent(publication: Publication, changes: number, now: Instant, asOf: Instant | undefined): boolean {
  const { versionId, generatedAt, to, window, failures } = publication;
  if (versionId === null || generatedAt === null || failures > 0 || publication.changes !== changes) return false;
  return windowRange(window, now).to === to || (asOf !== undefined && generatedAt > asOf - SECOND);
}
