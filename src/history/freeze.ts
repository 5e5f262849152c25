import { sql } from 'kysely';
import { keptLevels, type Level } from '../domain/ladder.ts';
import {
  Accumulator,
  emptyColumns,
  lowerBound,
  type PointColumns,
  type Rollup,
  type RollupColumns,
  sameRollup,
  sliceColumns,
} from '../domain/rollup.ts';
import { type Clock, floorTo, type Instant } from '../domain/time.ts';
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
 * Rebuilds the rollups of all dirty buckets, upward: one changed sample rebuilds one chain of buckets. A closed bucket
 * whose numbers really change is restated: recorded with its reason, version up, subscribers told. `rest` is awaited after each
 * transaction, with the milliseconds that it took: whoever is in no hurry lets other writers go first. If it rejects, the remaining buckets stay dirty.
 */
export async function freeze(
  engine: Engine,
  clock: Clock,
  rest: (took: number) => Promise<void> = async () => {},
): Promise<Frozen> {
  const total = { buckets: 0, restated: 0 };
  for (;;) {
    const begin = clock.now();
    const done = await engine.write((writer) => freezeSome(writer, clock));
    total.buckets += done.buckets;
    total.restated += done.restated;
    await rest(clock.now() - begin);
    if (done.taken < BUCKETS) return total;
  }
}

interface DirtyBucket {
  readonly at: Instant;
  readonly reason: string | null;
}

interface DirtySeries {
  readonly number: number;
  readonly id: string;
  readonly org: number;
  readonly source: string;
  /** Never empty. */
  readonly levels: readonly Level[];
  readonly buckets: readonly DirtyBucket[];
}

async function freezeSome(writer: Writer, clock: Clock): Promise<Frozen & { taken: number }> {
  const { taken, series: dirty } = await takeDirty(writer);
  if (dirty.length === 0) return { taken, buckets: 0, restated: 0 };
  const now = clock.now();
  const restatements = await rebuildFinest(writer, dirty);
  await rebuildParents(writer, dirty);
  await record(writer, restatements, now);
  for (const ofSource of Map.groupBy(dirty, sourceKey).values()) {
    const { org, source } = ofSource[0] as DirtySeries;
    const from = Math.min(...ofSource.map(({ buckets }) => (buckets[0] as DirtyBucket).at));
    const to = Math.max(
      ...ofSource.map(({ buckets, levels }) => (buckets.at(-1) as DirtyBucket).at + (levels[0] as Level)),
    );
    await appendToFeed(writer, org, 'frozen', { source, from, to }, now);
  }
  const buckets = dirty.reduce((total, series) => total + series.buckets.length, 0);
  return { taken, buckets, restated: new Set(restatements.map(({ series }) => series.number)).size };
}

const sourceKey = ({ org, source }: DirtySeries): string => `${org} ${source}`;

/**
 * Takes the first dirty buckets by deleting them. Deleting first makes later changes to the same buckets wait, or come again as new
 * rows: none is lost between reading and deleting.
 */
async function takeDirty(writer: Writer): Promise<{ taken: number; series: readonly DirtySeries[] }> {
  const { database } = writer;
  const place = database.selectFrom('dirty').select(['series', 'at']).orderBy('series').orderBy('at');
  const last = (await place
    .offset(BUCKETS - 1)
    .limit(1)
    .executeTakeFirst()) ?? { series: Number.MAX_SAFE_INTEGER, at: 0 };
  const { rows } = await sql<{ series: number; at: number; reason: string | null }>`
    delete from dirty where (series, at) <= (${last.series}, ${last.at}) returning series, at, reason`.execute(
    database,
  );
  const bySeries = Map.groupBy(rows, ({ series }) => Number(series));
  if (bySeries.size === 0) return { taken: 0, series: [] };
  const found = await database
    .selectFrom('series')
    .innerJoin('source', 'source.number', 'series.source')
    .select([
      'series.number',
      'series.id',
      'series.org',
      'series.interval',
      'source.name as source',
      'source.raw_from as rawFrom',
    ])
    .where('series.number', 'in', [...bySeries.keys()])
    .orderBy('series.number')
    .execute();
  const series = found.map(({ interval, rawFrom, ...rest }) => ({
    ...rest,
    levels: keptLevels(interval),
    // Of what retention dropped meanwhile the rollups are all there is: rebuilding would empty them.
    buckets: (bySeries.get(rest.number) ?? [])
      .map(({ at, reason }) => ({ at: Number(at), reason }))
      .filter(({ at }) => at >= (rawFrom ?? 0))
      .sort((a, b) => a.at - b.at),
  }));
  return { taken: rows.length, series: series.filter(({ buckets }) => buckets.length > 0) };
}

interface Restatement {
  readonly series: DirtySeries;
  readonly from: Instant;
  readonly to: Instant;
  readonly reason: string;
}

async function rebuildFinest(writer: Writer, taken: readonly DirtySeries[]): Promise<readonly Restatement[]> {
  const restatements: Restatement[] = [];
  const rollups: SeriesRollups[] = [];
  for (const series of taken) {
    const finest = series.levels[0] as Level;
    for (const run of contiguous(series.buckets, finest)) {
      const { from, to } = spanOf(run, finest);
      const points = await writer.readPoints(series.number, from, to);
      const columns = rollUp(run, (accumulator, at) => addPoints(accumulator, points, at, at + finest));
      if (run.some(({ reason }) => reason !== null)) {
        restatements.push(...compare(series, run, await writer.readRollups(series.number, finest, from, to), columns));
      }
      rollups.push({ series: series.number, level: finest, columns });
    }
  }
  await writer.upsertRollups(rollups);
  return restatements;
}

/** Level by level over all series, so that a level is written in few large statements before its parents read it. */
async function rebuildParents(writer: Writer, taken: readonly DirtySeries[]): Promise<void> {
  const deepest = Math.max(...taken.map(({ levels }) => levels.length));
  for (let rung = 1; rung < deepest; rung++) {
    const rollups: SeriesRollups[] = [];
    for (const series of taken) {
      const child = series.levels[rung - 1];
      const level = series.levels[rung];
      if (child === undefined || level === undefined) continue;
      const starts = new Set(series.buckets.map(({ at }) => floorTo(at, level)));
      for (const run of contiguous(
        Array.from(starts, (at) => ({ at, reason: null })),
        level,
      )) {
        const { from, to } = spanOf(run, level);
        const children = await writer.readRollups(series.number, child, from, to);
        const columns = rollUp(run, (accumulator, at) => addRows(accumulator, children, at, at + level));
        rollups.push({ series: series.number, level, columns });
      }
    }
    await writer.upsertRollups(rollups);
  }
}

/** The closed buckets of a run whose numbers differ from before; touching ones with one reason are one restatement. */
function compare(
  series: DirtySeries,
  run: readonly DirtyBucket[],
  before: RollupColumns,
  after: RollupColumns,
): Restatement[] {
  const restatements: Restatement[] = [];
  for (const { at, reason } of run) {
    if (reason === null || sameRollup(rowAt(before, at), rowAt(after, at))) continue;
    const to = at + (series.levels[0] as Level);
    const last = restatements.at(-1);
    if (last?.to === at && last.reason === reason) restatements[restatements.length - 1] = { ...last, to };
    else restatements.push({ series, from: at, to, reason });
  }
  return restatements;
}

async function record(writer: Writer, restatements: readonly Restatement[], now: Instant): Promise<void> {
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
  for (const ofSource of Map.groupBy(restatements, ({ series }) => sourceKey(series)).values()) {
    const { org, source } = (ofSource[0] as Restatement).series;
    for (const [reason, group] of Map.groupBy(ofSource, (restatement) => restatement.reason)) {
      const ids = [...new Set(group.map(({ series }) => series.id))];
      const from = Math.min(...group.map((restatement) => restatement.from));
      const to = Math.max(...group.map((restatement) => restatement.to));
      const payload = { source, from, to, reason, series: ids.slice(0, 100), count: ids.length };
      await appendToFeed(writer, org, 'restated', payload, now);
    }
  }
}

/** The rollups of the buckets of a run that hold anything. */
function rollUp(run: readonly DirtyBucket[], fill: (accumulator: Accumulator, at: Instant) => void): RollupColumns {
  const columns = emptyColumns(run.length);
  let rows = 0;
  for (const { at } of run) {
    const accumulator = new Accumulator();
    fill(accumulator, at);
    if (accumulator.count === 0) continue;
    columns.times[rows] = at;
    columns.counts[rows] = accumulator.count;
    columns.sums[rows] = accumulator.sum;
    columns.minimums[rows] = accumulator.min;
    columns.maximums[rows] = accumulator.max;
    columns.firsts[rows] = accumulator.first;
    columns.lasts[rows] = accumulator.last;
    rows++;
  }
  return rows === run.length ? columns : sliceColumns(columns, 0, rows);
}

const spanOf = (run: readonly DirtyBucket[], size: number): { from: Instant; to: Instant } => ({
  from: (run[0] as DirtyBucket).at,
  to: (run.at(-1) as DirtyBucket).at + size,
});

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
