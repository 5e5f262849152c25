import type { IntervalSet } from '../domain/intervals.ts';
import { LedgerIndex } from '../domain/ledger.ts';
import type { Series } from '../domain/series.ts';
import type { Instant } from '../domain/time.ts';
import { findSeries, findSource, listSources, type Source } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { type FeedEvent, feedBoundsOfAll, readFeedOfAll } from '../store/feed.ts';
import { type Job, listJobs } from '../store/jobs.ts';
import { readClosed, readLedger } from '../store/knowledge.ts';
import { Blocks } from './blocks.ts';

/** What is known of a source, as of `revision` of the feed. */
export interface SourceKnowledge {
  readonly source: Source;
  readonly ledger: LedgerIndex;
  readonly closed: IntervalSet;
  /** The job that is reading it now. */
  readonly running: Job | undefined;
  /** Sequence number of the last event that touched the source: equal numbers, equal answers. */
  readonly revision: number;
}

/** A series with the buckets that may not be read from rollups. */
export interface SeriesKnowledge extends SourceKnowledge {
  readonly series: Series;
  readonly dirty: readonly Instant[];
}

const BATCH = 1_000;
const SERIES_LIMIT = 20_000;
/** Tries to read what is known of a series between two commits; where commits come faster than that, the last is taken. */
const LOADS = 3;

/** The lane of all jobs that read a source; also how a running job is found. */
export const laneOf = (source: string): string => `source:${source}`;

/**
 * What answers need beside the samples, kept in memory and held true by the feed: before each use `sync` asks whether anybody
 * committed anything, in this process or another, and forgets what the new events name.
 */
export class Memory {
  readonly blocks: Blocks;
  readonly #engine: Engine;
  readonly #sources = new Map<string, Promise<SourceKnowledge | undefined>>();
  readonly #series = new Map<string, Promise<SeriesKnowledge | undefined>>();
  readonly #numbers = new Map<string, number>();
  readonly #touched = new Map<string, number>();
  #revision: number | undefined;
  #cursor = 0;
  #syncing: Promise<void> | undefined;

  constructor(engine: Engine, limitBytes: number) {
    this.#engine = engine;
    this.blocks = new Blocks(engine, limitBytes);
  }

  /** Returns nothing to wait for when nobody committed since the last call. */
  sync(): Promise<void> | undefined {
    if (this.#syncing !== undefined) return this.#syncing;
    const revision = this.#engine.revision();
    if (revision === this.#revision) return undefined;
    this.#syncing = this.#catchUp(revision).finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #catchUp(revision: number): Promise<void> {
    const { first, last } = await feedBoundsOfAll(this.#engine.reader);
    if (this.#revision === undefined || this.#cursor < first - 1) this.#startOver(last);
    for (;;) {
      const events = await readFeedOfAll(this.#engine.reader, this.#cursor, BATCH);
      for (const { org, event } of events) {
        this.#apply(org, event);
        this.#cursor = event.seq;
      }
      if (events.length < BATCH) break;
    }
    this.#revision = revision;
  }

  /** Nothing is known before the first call, nor after a sleep so long that events were trimmed unseen. */
  #startOver(cursor: number): void {
    this.#sources.clear();
    this.#series.clear();
    this.#touched.clear();
    this.blocks.clear();
    this.#cursor = cursor;
  }

  #apply(org: number, event: FeedEvent): void {
    // Publishing a window changes no answer; series that are published every few seconds would be read anew all the time.
    if (event.kind === 'window') return;
    if (event.kind === 'job') {
      if (event.payload.lane.startsWith('source:'))
        this.#touch(org, event.payload.lane.slice('source:'.length), event.seq);
      return;
    }
    this.#touch(org, event.payload.source, event.seq);
    const number = this.#numbers.get(`${org} ${event.payload.source}`);
    if (number !== undefined && (event.kind === 'landed' || event.kind === 'frozen'))
      this.blocks.forget(number, event.payload);
  }

  #touch(org: number, source: string, seq: number): void {
    const name = `${org} ${source}`;
    this.#touched.set(name, seq);
    const number = this.#numbers.get(name);
    if (number !== undefined) this.#sources.delete(`${org} ${number}`);
  }

  source(org: number, number: number): Promise<SourceKnowledge | undefined> {
    const key = `${org} ${number}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const cursor = this.#cursor;
    const loading = this.#loadSource(org, number);
    this.#sources.set(key, loading);
    loading.then(
      // What events came in while it was being read may be in it or not: it is good for once, not to keep.
      (found) => (found && cursor === this.#cursor) || this.#sources.delete(key),
      () => this.#sources.delete(key),
    );
    return loading;
  }

  async #loadSource(org: number, number: number): Promise<SourceKnowledge | undefined> {
    const { reader } = this.#engine;
    const source = await findSource(reader, org, number);
    if (!source) return undefined;
    const name = `${org} ${source.name}`;
    this.#numbers.set(name, number);
    const revision = this.#touched.get(name) ?? this.#cursor;
    this.#touched.set(name, revision);
    const [entries, closed, jobs] = await Promise.all([
      readLedger(reader, number),
      readClosed(reader, number),
      listJobs(reader, org, { live: true, limit: 50 }),
    ]);
    const running = jobs.find((job) => job.lane === laneOf(source.name) && job.state === 'running');
    return { source, ledger: new LedgerIndex(entries, closed.at(-1)?.to ?? null), closed, running, revision };
  }

  async sources(org: number): Promise<readonly SourceKnowledge[]> {
    const sources = await listSources(this.#engine.reader, org);
    const knowledge = await Promise.all(sources.map(({ number }) => this.source(org, number)));
    return knowledge.filter((found) => found !== undefined);
  }

  /** What is known of a series; undefined when the org has none of that id. */
  async series(org: number, id: string): Promise<SeriesKnowledge | undefined> {
    const key = `${org} ${id}`;
    const known = await this.#series.get(key);
    if (known && (await this.source(org, known.series.sourceNumber))?.revision === known.revision) return known;
    for (let attempt = 1; ; attempt++) {
      const loading = this.#loadSeries(org, id);
      if (this.#series.size >= SERIES_LIMIT) this.#series.delete(this.#series.keys().next().value as string);
      this.#series.set(key, loading);
      loading.then(
        (found) => found || this.#series.delete(key),
        () => this.#series.delete(key),
      );
      const found = await loading;
      // Knowledge of a commit that the blocks have not heard of would be taken together with samples from before it.
      if (this.#engine.revision() === this.#revision || attempt === LOADS) return found;
      this.#series.delete(key);
      await this.sync();
    }
  }

  async #loadSeries(org: number, id: string): Promise<SeriesKnowledge | undefined> {
    const { reader } = this.#engine;
    const series = await findSeries(reader, org, id);
    if (!series) return undefined;
    const knowledge = await this.source(org, series.sourceNumber);
    if (!knowledge) return undefined;
    const dirty = await reader
      .selectFrom('dirty')
      .select('at')
      .where('series', '=', series.number)
      .orderBy('at')
      .execute();
    return { ...knowledge, series, dirty: dirty.map(({ at }) => at) };
  }
}
