import type { Blobs } from '../../blobs/blobs.ts';
import { clip, gaps, unite } from '../../domain/intervals.ts';
import { FUTURE_TOLERANCE } from '../../domain/points.ts';
import { type Clock, ceilTo, floorTo, type Instant, type Interval, toIso } from '../../domain/time.ts';
import { close } from '../../history/close.ts';
import { freeze } from '../../history/freeze.ts';
import { land } from '../../history/land.ts';
import { findArchiveObjects } from '../../store/archive-objects.ts';
import type { Org, Source } from '../../store/catalog.ts';
import type { Engine } from '../../store/engine.ts';
import type { JobProgress } from '../../store/jobs.ts';
import { readClosed } from '../../store/knowledge.ts';
import { attempt } from './attempt.ts';
import { KeyTemplate } from './key-template.ts';
import { type KnownObjects, landingsOf } from './landing.ts';
import type { ArchiveObject, ObjectBatch, ObjectReader } from './object-reader.ts';
import { readAhead } from './read-ahead.ts';
import type { ArchiveSettings } from './settings.ts';
import { chunksOf, intervalProblem, unitOf } from './spans.ts';
import { type IngestReport, Tally } from './tally.ts';

export interface ArchiveContext {
  readonly engine: Engine;
  readonly org: Org;
  readonly source: Source;
  readonly settings: Pick<ArchiveSettings, 'key' | 'interval' | 'grace' | 'recheck'>;
  /** Where objects are listed; it retries by itself. */
  readonly blobs: Blobs;
  readonly reader: ObjectReader;
  readonly clock: Clock;
}

export interface IngestOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: JobProgress) => void;
  /** When this will be done again, for people who wait. */
  readonly nextAttemptAt?: Instant;
}

export interface BackfillOptions extends IngestOptions {
  /** Rounded outward to whole hours; an archive begins with its first object and ends now, whatever is asked. */
  readonly from?: Instant;
  readonly to?: Instant;
  /** Reads failed objects again although they did not change. */
  readonly retryFailed?: boolean;
  /** Asked between two days of a long backfill: whether a tail is due, which then runs at once. */
  readonly shouldTail?: () => boolean;
}

/** Steps that are read ahead: with the one being landed they hide the time of fetching and parsing. */
const READ_AHEAD = 2;

type Order = 'newest-first' | 'oldest-first';

/** A day, or part of one, as its listing showed it. */
interface Listed {
  readonly chunk: Interval;
  readonly listedAt: Instant;
  readonly objects: readonly ArchiveObject[];
  readonly known: KnownObjects;
}

type Step = { readonly listed: Listed; readonly wanted?: readonly ArchiveObject[] };

/**
 * An archive of snapshots as a source: reads each object once, ever, and closes each hour whose objects were all listed after
 * its grace and read. An object that cannot be used is recorded with the reason and the rest goes on; when objects cannot be
 * fetched at all the run ends with that `BlobError`, nothing is taken for empty and nothing is closed.
 */
export class Archive {
  readonly #context: ArchiveContext;
  readonly #template: KeyTemplate;
  readonly #unit: number;
  #begins: Instant | undefined;

  /** Throws a RangeError for an interval that does not fit the keys. */
  constructor(context: ArchiveContext) {
    const { key, interval } = context.settings;
    this.#context = context;
    this.#template = new KeyTemplate(key);
    this.#unit = unitOf(interval);
    const problem = intervalProblem(interval, this.#template);
    if (problem !== undefined) throw new RangeError(problem);
  }

  /** Reads all that was never read, the newest day first, so that recent windows come alive first. */
  backfill(options: BackfillOptions = {}): Promise<IngestReport> {
    const { from = 0, to = Number.POSITIVE_INFINITY } = options;
    if (from >= to) throw new RangeError(`from ${toIso(from)} must be before to ${toIso(to)}`);
    return this.#attempt(options, async () => {
      this.#begins = await this.#firstInstant(options.signal);
      return this.#ingest(this.#within({ from, to }), 'newest-first', options);
    });
  }

  /** Keeps up: lists from the oldest hour that is not closed, and reads what is new there. */
  tail(options: IngestOptions = {}): Promise<IngestReport> {
    return this.#attempt(options, async () => {
      const range = this.#within({ from: await this.#openFrom(), to: Number.POSITIVE_INFINITY });
      return this.#ingest(range, 'oldest-first', options);
    });
  }

  /** Lists closed hours once more, as far back as is set, for objects that came late. */
  recheck(options: IngestOptions = {}): Promise<IngestReport> {
    return this.#attempt(options, async () => {
      const { engine, source, clock, settings } = this.#context;
      const now = clock.now();
      const closed = clip(await readClosed(engine.reader, source.number), { from: now - settings.recheck, to: now });
      // What was never closed is the tail's business, or a backfill's that somebody asks for.
      const range = { from: closed[0]?.from ?? now, to: closed.at(-1)?.to ?? now };
      return this.#ingest(closed.length > 0 ? this.#within(range) : range, 'newest-first', options);
    });
  }

  #attempt(options: IngestOptions, work: () => Promise<IngestReport>): Promise<IngestReport> {
    return attempt(this.#context, options, async () => {
      this.#begins ??= await this.#firstInstant(options.signal);
      return work();
    });
  }

  async #ingest(range: Interval, order: Order, options: BackfillOptions): Promise<IngestReport> {
    const { reader, settings, clock } = this.#context;
    const chunks = chunksOf(range, this.#unit, order);
    const tally = new Tally(chunks, settings.interval, clock);
    const tell = (chunk: Interval) => options.progress?.(tally.progress(toIso(chunk.from).slice(0, 10)));
    const steps = this.#steps(chunks, tally, options);
    for await (const { step, batch } of readAhead(steps, reader, READ_AHEAD, options.signal)) {
      options.signal?.throwIfAborted();
      if (batch === undefined) {
        await this.#finish(step.listed);
        if (options.shouldTail?.()) await this.tail(options.signal ? { signal: options.signal } : {});
      } else {
        const read = await batch;
        await this.#land(read, step.listed);
        tally.countBatch(read);
        if (read.failure) throw read.failure;
      }
      tell(step.listed.chunk);
    }
    return tally.report;
  }

  /** For each chunk its unread objects in batches, and then a step without any, at which the chunk is done. */
  async *#steps(chunks: readonly Interval[], tally: Tally, options: BackfillOptions): AsyncGenerator<Step> {
    const { engine, source, clock } = this.#context;
    for (const chunk of chunks) {
      const listedAt = clock.now();
      const objects = await this.#list(chunk, options.signal);
      const known = await findArchiveObjects(engine.reader, source.number, chunk);
      const listed = { chunk, listedAt, objects, known };
      const unread = objects.filter((object) => isUnread(object, known, options.retryFailed ?? false));
      tally.countListing(chunk, objects.length, objects.length - unread.length);
      for (let start = 0; start < unread.length; ) {
        const wanted = unread.slice(start, start + tally.batchSize);
        start += wanted.length;
        yield { listed, wanted };
      }
      yield { listed };
    }
  }

  async #list(chunk: Interval, signal: AbortSignal | undefined): Promise<readonly ArchiveObject[]> {
    const { blobs, clock } = this.#context;
    const objects: ArchiveObject[] = [];
    const request = { ...this.#template.bounds(chunk), prefix: this.#template.prefix };
    for await (const page of blobs.list(signal ? { ...request, signal } : request)) {
      for (const { key, bytes, etag } of page) {
        const at = this.#template.parse(key);
        // A key from the future is no error: its time will come, and it is read then.
        if (at === undefined || at < chunk.from || at >= chunk.to || at > clock.now() + FUTURE_TOLERANCE) continue;
        objects.push({ key, at, bytes, etag });
      }
    }
    return objects;
  }

  async #land(batch: ObjectBatch, { known }: Listed): Promise<void> {
    const { engine, org, source, settings, clock } = this.#context;
    if (batch.outcomes.length === 0) return;
    const closed = await readClosed(engine.reader, source.number);
    for (const landing of landingsOf(batch, known, source, settings.interval, closed, clock.now())) {
      await land(engine, org, landing, clock);
    }
  }

  /** Freezes what a chunk brought, and closes its hours that are final: minutes without an object were never written. */
  async #finish({ chunk, listedAt, objects, known }: Listed): Promise<void> {
    const { engine, org, source, settings, clock } = this.#context;
    const { interval, grace } = settings;
    const final = { from: chunk.from, to: Math.min(chunk.to, floorTo(listedAt - grace, this.#unit)) };
    if (final.from < final.to) {
      const cells = [...objects, ...known.values()].map(({ at }) => floorTo(at, interval));
      const written = unite(cells.map((from) => ({ from, to: from + interval })));
      const first = floorTo(this.#begins ?? final.from, interval);
      const ledger = gaps(written, { ...final, from: Math.max(final.from, first) }).map((gap) => ({
        ...gap,
        state: 'empty' as const,
        attempts: 1,
        detail: 'never written',
      }));
      if (ledger.length > 0) await land(engine, org, { source, series: [], ledger, reason: '' }, clock);
    }
    await freeze(engine, clock);
    if (final.from < final.to) await close(engine, org, source, final, clock);
  }

  /** Where the tail begins: the end of the first closed range that reaches into the time looked over, else of the last one. */
  async #openFrom(): Promise<Instant> {
    const { engine, source, settings, clock } = this.#context;
    const now = clock.now();
    const closed = await readClosed(engine.reader, source.number);
    const [recent = closed.at(-1)] = clip(closed, { from: now - settings.recheck, to: now });
    // Before any backfill only what is not final yet is its business.
    return recent?.to ?? floorTo(now - settings.grace, this.#unit) - this.#unit;
  }

  /** A range cut to the time between the first object and now, and widened to whole units. Empty when there is no object. */
  #within({ from, to }: Interval): Interval {
    const end = ceilTo(this.#context.clock.now() + FUTURE_TOLERANCE, this.#unit);
    const start = Math.max(from, this.#begins ?? end);
    return { from: floorTo(start, this.#unit), to: Math.min(end, ceilTo(Math.min(to, end), this.#unit)) };
  }

  async #firstInstant(signal: AbortSignal | undefined): Promise<Instant | undefined> {
    const { prefix } = this.#template;
    const { startAfter } = this.#template.bounds({ from: 0, to: 1 });
    const request = { prefix, startAfter, pageSize: 100 };
    for await (const page of this.#context.blobs.list(signal ? { ...request, signal } : request)) {
      for (const { key } of page) {
        const at = this.#template.parse(key);
        if (at !== undefined) return at;
      }
    }
    return undefined;
  }
}

function isUnread({ key, bytes, etag }: ArchiveObject, known: KnownObjects, retryFailed: boolean): boolean {
  const before = known.get(key);
  if (before === undefined) return true;
  if (before.state === 'read') return false;
  return retryFailed || before.etag !== etag || before.bytes !== bytes;
}
