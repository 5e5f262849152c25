import { sql } from 'kysely';
import { keptLevels, type Level } from '../domain/ladder.ts';
import {
  Accumulator,
  lowerBound,
  type PointColumns,
  type Rollup,
  type RollupColumns,
  sameRollup,
} from '../domain/rollup.ts';
import { type Clock, floorTo, type Instant } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine, SeriesRollups, Writer } from '../store/engine.ts';
import { appendToFeed } from '../store/feed.ts';

/** Buckets of one transaction: about 30 ms of work for samples a minute apart, so that other writers get their turn. */
const BUCKETS = 2_000;

export interface Frozen {
  /** Buckets of the finest level that were rebuilt. */
  readonly buckets: number;
  /** Series whose closed history changed. */
  readonly restated: number;
}

/**
 * Rebuilds the rollups of all dirty buckets of an org, upward: one changed sample rebuilds one chain of buckets. A closed bucket
 * whose numbers really change is restated: recorded with its reason, version up, subscribers told.
 */
export async function freeze(engine: Engine, org: Org, clock: Clock): Promise<Frozen> {
  const total = { buckets: 0, restated: 0 };
  for (;;) {
    const done = await engine.write((writer) => freezeSome(writer, org, clock));
    total.buckets += done.buckets;
    total.restated += done.restated;
    if (done.buckets < BUCKETS) return total;
  }
}

interface DirtyBucket {
  readonly at: Instant;
  readonly reason: string | null;
}

interface DirtySeries {
  readonly number: number;
  readonly id: string;
  readonly source: string;
  readonly interval: number | null;
  readonly buckets: readonly DirtyBucket[];
}

async function freezeSome(writer: Writer, org: Org, clock: Clock): Promise<Frozen> {
  const taken = await takeDirty(writer, org);
  if (taken.length === 0) return { buckets: 0, restated: 0 };
  const now = clock.now();
  const spans = new Map<string, { from: Instant; to: Instant }>();
  const restatements: Restatement[] = [];
  let buckets = 0;
  for (const series of taken) {
    const [finest] = keptLevels(series.interval);
    if (finest === undefined) continue;
    buckets += series.buckets.length;
    restatements.push(...(await rebuild(writer, series)));
    const span = spans.get(series.source) ?? { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
    span.from = Math.min(span.from, (series.buckets[0] as DirtyBucket).at);
    span.to = Math.max(span.to, (series.buckets.at(-1) as DirtyBucket).at + finest);
    spans.set(series.source, span);
  }
  await record(writer, org, restatements, now);
  for (const [source, span] of spans) await appendToFeed(writer, org.number, 'frozen', { source, ...span }, now);
  return { buckets, restated: new Set(restatements.map(({ series }) => series.number)).size };
}

/** Deleting first makes later changes to the same buckets wait, or come again as new rows: none is lost between reading and deleting. */
async function takeDirty(writer: Writer, org: Org): Promise<readonly DirtySeries[]> {
  const { rows } = await sql<{ series: number; at: number; reason: string | null }>`
    delete from dirty where (series, at) in (
      select dirty.series, dirty.at from dirty join series on series.number = dirty.series
      where series.org = ${org.number} order by dirty.series, dirty.at limit ${BUCKETS})
    returning series, at, reason`.execute(writer.database);
  const bySeries = Map.groupBy(rows, ({ series }) => Number(series));
  if (bySeries.size === 0) return [];
  const found = await writer.database
    .selectFrom('series')
    .innerJoin('source', 'source.number', 'series.source')
    .select(['series.number', 'series.id', 'series.interval', 'source.name as source'])
    .where('series.number', 'in', [...bySeries.keys()])
    .orderBy('series.number')
    .execute();
  return found.map((series) => ({
    ...series,
    buckets: (bySeries.get(series.number) ?? [])
      .map(({ at, reason }) => ({ at: Number(at), reason }))
      .sort((a, b) => a.at - b.at),
  }));
}

interface Restatement {
  readonly series: DirtySeries;
  readonly from: Instant;
  readonly to: Instant;
  readonly reason: string;
}

async function rebuild(writer: Writer, series: DirtySeries): Promise<readonly Restatement[]> {
  const levels = keptLevels(series.interval);
  const finest = levels[0] as Level;
  const restatements: Restatement[] = [];
  const rollups: SeriesRollups[] = [];
  for (const run of contiguous(series.buckets, finest)) {
    const from = (run[0] as DirtyBucket).at;
    const to = (run.at(-1) as DirtyBucket).at + finest;
    const points = await writer.readPoints(series.number, from, to);
    const rebuilt = new RollupBuilder(finest);
    for (const { at } of run) rebuilt.add(at, (accumulator) => addPoints(accumulator, points, at, at + finest));
    const columns = rebuilt.columns();
    if (run.some(({ reason }) => reason !== null)) {
      const before = await writer.readRollups(series.number, finest, from, to);
      for (const { at, reason } of run) {
        if (reason === null || sameRollup(rowAt(before, at), rowAt(columns, at))) continue;
        const last = restatements.at(-1);
        if (last?.to === at && last.reason === reason)
          restatements[restatements.length - 1] = { ...last, to: at + finest };
        else restatements.push({ series, from: at, to: at + finest, reason });
      }
    }
    rollups.push({ series: series.number, level: finest, columns });
  }
  await writer.upsertRollups(rollups);
  let starts = series.buckets.map(({ at }) => at);
  for (let rung = 1; rung < levels.length; rung++) {
    const child = levels[rung - 1] as Level;
    const level = levels[rung] as Level;
    starts = [...new Set(starts.map((at) => floorTo(at, level)))];
    const parents: SeriesRollups[] = [];
    for (const run of contiguous(
      starts.map((at) => ({ at, reason: null })),
      level,
    )) {
      const from = (run[0] as DirtyBucket).at;
      const children = await writer.readRollups(series.number, child, from, (run.at(-1) as DirtyBucket).at + level);
      const rebuilt = new RollupBuilder(level);
      for (const { at } of run) rebuilt.add(at, (accumulator) => addRows(accumulator, children, at, at + level));
      parents.push({ series: series.number, level, columns: rebuilt.columns() });
    }
    await writer.upsertRollups(parents);
  }
  return restatements;
}

async function record(writer: Writer, org: Org, restatements: readonly Restatement[], now: Instant): Promise<void> {
  const { database } = writer;
  for (const { series, from, to, reason } of restatements) {
    const { version } = await database
      .updateTable('series')
      .set(({ eb }) => ({ version: eb('version', '+', 1) }))
      .where('number', '=', series.number)
      .returning('version')
      .executeTakeFirstOrThrow();
    await database
      .insertInto('restatement')
      .values({ series: series.number, version, from_at: from, to_at: to, reason, recorded_at: now })
      .execute();
  }
  for (const [source, ofSource] of Map.groupBy(restatements, ({ series }) => series.source)) {
    for (const [reason, group] of Map.groupBy(ofSource, (restatement) => restatement.reason)) {
      const ids = [...new Set(group.map(({ series }) => series.id))];
      const from = Math.min(...group.map((restatement) => restatement.from));
      const to = Math.max(...group.map((restatement) => restatement.to));
      await appendToFeed(
        writer,
        org.number,
        'restated',
        { source, from, to, reason, series: ids.slice(0, 100), count: ids.length },
        now,
      );
    }
  }
}

class RollupBuilder {
  readonly #times: Instant[] = [];
  readonly #rows: Rollup[] = [];
  readonly level: Level;

  constructor(level: Level) {
    this.level = level;
  }

  add(at: Instant, fill: (accumulator: Accumulator) => void): void {
    const accumulator = new Accumulator();
    fill(accumulator);
    const rollup = accumulator.finish();
    if (!rollup) return;
    this.#times.push(at);
    this.#rows.push(rollup);
  }

  columns(): RollupColumns {
    const of = (name: keyof Rollup) => Float64Array.from(this.#rows, (row) => row[name]);
    return {
      times: Float64Array.from(this.#times),
      counts: of('count'),
      sums: of('sum'),
      minimums: of('min'),
      maximums: of('max'),
      firsts: of('first'),
      lasts: of('last'),
    };
  }
}

function addPoints(accumulator: Accumulator, points: PointColumns, from: Instant, to: Instant): void {
  for (
    let row = lowerBound(points.times, from);
    row < points.times.length && (points.times[row] as Instant) < to;
    row++
  ) {
    accumulator.addValue(points.values[row] as number);
  }
}

function addRows(accumulator: Accumulator, columns: RollupColumns, from: Instant, to: Instant): void {
  for (
    let row = lowerBound(columns.times, from);
    row < columns.times.length && (columns.times[row] as Instant) < to;
    row++
  ) {
    accumulator.addRow(columns, row);
  }
}

function rowAt(columns: RollupColumns, at: Instant): Rollup | undefined {
  const row = lowerBound(columns.times, at);
  if (columns.times[row] !== at) return undefined;
  const accumulator = new Accumulator();
  accumulator.addRow(columns, row);
  return accumulator.finish();
}

function* contiguous(buckets: readonly DirtyBucket[], size: number): Generator<readonly DirtyBucket[]> {
  let run: DirtyBucket[] = [];
  for (const bucket of buckets) {
    const last = run.at(-1);
    if (last && last.at + size !== bucket.at) {
      yield run;
      run = [];
    }
    run.push(bucket);
  }
  if (run.length > 0) yield run;
}
