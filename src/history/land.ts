import { covers } from '../domain/intervals.ts';
import { keptLevels, type Level } from '../domain/ladder.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { canonicalLabels, type Series, type SeriesDescription } from '../domain/series.ts';
import { type Clock, floorTo, type Instant, type Interval } from '../domain/time.ts';
import { ensureSeries, findSource, type Org, recordChanges, type Source } from '../store/catalog.ts';
import type { Database, Engine, SeriesPoints, Writer } from '../store/engine.ts';
import { appendToFeed, type FeedPayloads } from '../store/feed.ts';
import { readClosed, writeLedger } from '../store/knowledge.ts';

/** What a source hands over: samples that were checked, and what is now known of the time asked for. */
export interface Landing {
  readonly source: Source;
  readonly series: readonly LandedSeries[];
  /** A function is asked inside the transaction, where what it reads of the ledger cannot change any more. */
  readonly ledger: readonly LedgerEntry[] | ((database: Database) => Promise<readonly LedgerEntry[]>);
  /** Said of buckets that were closed already, e.g. `late object 2026/11/23/1402.json`. */
  readonly reason: string;
  /** Further writes that stand or fall with the landing; hears the numbers of its series, in their order. */
  readonly also?: (writer: Writer, series: readonly number[]) => Promise<void>;
}

export interface LandedSeries {
  readonly description: SeriesDescription;
  readonly times: ArrayLike<Instant>;
  readonly values: ArrayLike<number>;
  readonly dimensions?: readonly (string | null)[];
}

export interface Landed {
  /** Series of which a sample was new or different. */
  readonly changed: number;
  /** Samples refused because they are older than the raw samples that retention still keeps: their buckets can no longer be rebuilt. */
  readonly tooOld: number;
}

/**
 * Numbers of series known to exist, so that a landing asks the catalog only about new ones. Filled only after a commit; the oldest
 * go first, since streams come and go.
 */
const known = new WeakMap<Engine, Map<string, number>>();
const KNOWN_LIMIT = 20_000;

/**
 * Lands samples in one transaction: points, ledger, dirty buckets, feed event. The same landing twice leaves the same state
 * and says nothing to anyone. Throws `StoreUnavailable`; then nothing was written.
 */
export async function land(engine: Engine, org: Org, landing: Landing, clock: Clock): Promise<Landed> {
  const [landed] = await landAll(engine, org, [landing], clock);
  return landed as Landed;
}

/** Lands several at once: one transaction, so that many small ones wait for the disk once. All stand or fall together. */
export async function landAll(
  engine: Engine,
  org: Org,
  landings: readonly Landing[],
  clock: Clock,
): Promise<readonly Landed[]> {
  const cache = known.get(engine) ?? new Map<string, number>();
  known.set(engine, cache);
  const fresh = new Map<string, number>();
  const results = await engine.write(async (writer) => {
    fresh.clear();
    const landed: Landed[] = [];
    const events: FeedPayloads['landed'][] = [];
    const now = clock.now();
    for (const landing of landings) {
      const { result, event } = await landOne(writer, org, landing, cache, fresh, now);
      landed.push(result);
      if (event) events.push(event);
    }
    for (const event of events) await appendToFeed(writer, org.number, 'landed', event, now);
    return landed;
  });
  for (const [name, series] of fresh) cache.set(name, series);
  for (const name of cache.keys()) {
    if (cache.size <= KNOWN_LIMIT) break;
    cache.delete(name);
  }
  return results;
}

async function landOne(
  writer: Writer,
  org: Org,
  landing: Landing,
  cache: ReadonlyMap<string, number>,
  fresh: Map<string, number>,
  now: Instant,
): Promise<{ result: Landed; event?: FeedPayloads['landed'] }> {
  const { source } = landing;
  const names = landing.series.map(({ description }) => nameOf(source, description));
  const numbers = names.map((name) => cache.get(name) ?? fresh.get(name));
  const unknown = new Map(
    landing.series.flatMap(({ description }, index) =>
      numbers[index] !== undefined ? [] : [[names[index] as string, description]],
    ),
  );
  const ensured = await ensureSeries(writer.database, org, source, [...unknown.values()], now);
  for (const [index, name] of [...unknown.keys()].entries()) fresh.set(name, (ensured[index] as Series).number);

  const rawFrom = (await findSource(writer.database, org.number, source.number))?.rawFrom ?? null;
  let tooOld = 0;
  const points: SeriesPoints[] = [];
  for (const [index, landed] of landing.series.entries()) {
    const name = names[index] as string;
    const series = (numbers[index] ?? fresh.get(name)) as number;
    const kept = rawFrom === null ? landed : after(landed, rawFrom);
    tooOld += landed.times.length - kept.times.length;
    points.push({
      series,
      times: kept.times,
      values: kept.values,
      ...(kept.dimensions ? { dimensions: kept.dimensions } : {}),
    });
  }
  const changed = await writer.upsertPoints(points);
  await landing.also?.(
    writer,
    points.map(({ series }) => series),
  );
  const ledger = typeof landing.ledger === 'function' ? await landing.ledger(writer.database) : landing.ledger;
  const learned = await writeLedger(writer.database, source.number, ledger);
  if (changed.size === 0 && !learned) return { result: { changed: 0, tooOld } };

  const closed = await readClosed(writer.database, source.number);
  const [finest] = keptLevels(source.interval);
  const touched = new Touched();
  for (const { series, times } of points) {
    if (changed.has(series)) touched.addSamples(series, times, finest);
  }
  for (const entry of ledger) touched.addRange(entry);
  await writer.markDirty(touched.dirty((bucket) => (covers(closed, bucket) ? landing.reason : null)));
  await recordChanges(writer.database, touched.newest);
  const { from, to } = touched;
  return { result: { changed: changed.size, tooOld }, event: { source: source.name, from, to, series: changed.size } };
}

/** What a landing touches: the range of time, the finest buckets and the newest stamp of each series. */
class Touched {
  readonly newest = new Map<number, Instant>();
  readonly #buckets = new Map<number, { size: number; starts: Set<Instant> }>();
  from: Instant = Number.POSITIVE_INFINITY;
  to: Instant = Number.NEGATIVE_INFINITY;

  addRange({ from, to }: Interval): void {
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
  }

  addSamples(series: number, times: ArrayLike<Instant>, finest: Level | undefined): void {
    const starts = new Set<Instant>();
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < times.length; row++) {
      const time = times[row] as Instant;
      first = Math.min(first, time);
      last = Math.max(last, time);
      if (finest !== undefined) starts.add(floorTo(time, finest));
    }
    this.addRange({ from: first, to: last + 1 });
    this.newest.set(series, Math.max(last, this.newest.get(series) ?? last));
    if (finest !== undefined) this.#buckets.set(series, { size: finest, starts });
  }

  /** The touched buckets, each with the reason that `reasonOf` gives it. */
  dirty(reasonOf: (bucket: Interval) => string | null): { series: number; at: Instant; reason: string | null }[] {
    return [...this.#buckets].flatMap(([series, { size, starts }]) =>
      Array.from(starts, (at) => ({ series, at, reason: reasonOf({ from: at, to: at + size }) })),
    );
  }
}

/** A changed title or interval makes another name, so that the catalog hears of it. */
const nameOf = (source: Source, { metric, labels, title, unit }: SeriesDescription): string =>
  `${source.number} ${source.interval} ${metric} ${canonicalLabels(labels)} ${title} ${unit}`;

function after(landed: LandedSeries, rawFrom: Instant): LandedSeries {
  const rows = Array.from(landed.times, (_, row) => row).filter((row) => (landed.times[row] as Instant) >= rawFrom);
  return {
    description: landed.description,
    times: rows.map((row) => landed.times[row] as Instant),
    values: rows.map((row) => landed.values[row] as number),
    ...(landed.dimensions ? { dimensions: rows.map((row) => landed.dimensions?.[row] ?? null) } : {}),
  };
}
