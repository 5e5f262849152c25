import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { Kysely } from 'kysely';
import type { Level } from '../../domain/ladder.ts';
import type { PointColumns, RollupColumns } from '../../domain/rollup.ts';
import type { Instant } from '../../domain/time.ts';
import {
  type BulkInsert,
  type Engine,
  type SeriesPoints,
  type SeriesRollups,
  StoreUnavailable,
  type Writer,
} from '../engine.ts';
import { migrate, sqliteColumns } from '../migrations/migrate.ts';
import type { Tables } from '../tables.ts';
import { pointColumns, rollupColumns } from './columns.ts';
import { SqliteConnection, sqliteDialect } from './sqlite-driver.ts';

/** Rows of one multi-row statement. 60 rows took 1.25 µs a row against 1.75 for single ones; more rows gained nothing. */
const ROWS = 60;
/**
 * Series with at least as many samples get statements of their own, whose count of changes tells whether the series changed. Below
 * that many series share a statement and the changed ones are asked for: one sample of each of 200 series took a third of the time.
 */
const ALONE = 30;
const WAIT_LIMIT = 30_000;
const WATCH_EVERY = 100;

const UPSERT_POINT = `insert into point(series, at, value, dimensions) values ROWS
  on conflict(series, at) do update set value = excluded.value, dimensions = excluded.dimensions
  where value is not excluded.value or dimensions is not excluded.dimensions`;
const UPSERT_ROLLUP = `insert into rollup(series, level, at, count, sum, min, max, first, last) values ROWS
  on conflict(series, level, at) do update set count = excluded.count, sum = excluded.sum,
  min = excluded.min, max = excluded.max, first = excluded.first, last = excluded.last`;
const MARK_DIRTY = `insert into dirty(series, at, reason) values ROWS
  on conflict(series, at) do update set reason = coalesce(reason, excluded.reason)`;
const READ_POINTS = 'select at, value from point where series = ? and at >= ? and at < ? order by at';
const READ_ROLLUPS = `select at, count, sum, min, max, first, last from rollup
  where series = ? and level = ? and at >= ? and at < ? order by at`;

/**
 * SQLite in one file: a connection for reading and one for writing, so that a reader never waits for a writer (write-ahead log).
 * The writer asks for its turn with `begin immediate` and waits on a timer: SQLite's own busy handler would block the thread.
 */
export class SqliteEngine implements Engine {
  readonly name = 'sqlite';
  readonly capabilities = { shared: false };
  readonly reader: Kysely<Tables>;
  readonly #path: string;
  readonly #reading: SqliteConnection;
  readonly #writing: SqliteConnection;
  readonly #writer: Writer;
  readonly #listeners = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #commits: BroadcastChannel;
  #watch: NodeJS.Timeout | undefined;
  #seen = 0;
  #closed = false;
  /** The file that is open, to notice when another lies in its place, or none. */
  readonly #inode: number;

  /**
   * Opens or creates the file; throws `StoreUnavailable` when the folder cannot be written. Without `durable` the last commits before a loss
   * of power may be gone: SQLite's write-ahead log then reaches the disk at checkpoints only.
   */
  constructor(path: string, { durable = false }: { readonly durable?: boolean } = {}) {
    this.#path = path;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#writing = new SqliteConnection(
        path,
        `pragma journal_mode = wal; pragma synchronous = ${durable ? 'full' : 'normal'}; pragma foreign_keys = on; pragma cache_size = -32768; pragma wal_autocheckpoint = 16000`,
        0,
      );
      this.#reading = new SqliteConnection(
        path,
        'pragma query_only = on; pragma cache_size = -16384; pragma mmap_size = 268435456',
        5_000,
      );
      this.#inode = statSync(path).ino;
    } catch (error) {
      throw asUnavailable(error, path) ?? error;
    }
    this.reader = new Kysely<Tables>({ dialect: sqliteDialect(this.#reading) });
    this.#writer = new SqliteWriter(this.#writing);
    // Threads of one process hear of each other's commits at once; other processes are found by looking.
    this.#commits = new BroadcastChannel(`varve commit ${resolve(path)}`).unref() as BroadcastChannel;
  }

  async migrate(): Promise<void> {
    await this.write(({ database }) => migrate(database, sqliteColumns));
  }

  write<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(() => this.#transact(work));
    // SQLite works in the calling thread: between two transactions timers and other callers get their turn.
    const breathe = (): Promise<void> => nextTurn();
    this.#turn = result.then(breathe, breathe);
    return result;
  }

  async #transact<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result> {
    const { handle } = this.#writing;
    try {
      await this.#begin();
      try {
        const result = await work(this.#writer);
        handle.exec('commit');
        queueMicrotask(() => {
          this.#announce();
          this.#tellThreads();
        });
        return result;
      } catch (error) {
        if (handle.isTransaction) handle.exec('rollback');
        throw error;
      }
    } catch (error) {
      throw asUnavailable(error, this.#path) ?? error;
    }
  }

  async #begin(): Promise<void> {
    this.#checkFile();
    for (let waited = 0, pause = 1; ; waited += pause, pause = Math.min(pause * 2, 20)) {
      try {
        this.#writing.handle.exec('begin immediate');
        return;
      } catch (error) {
        if (!isBusy(error) || waited > WAIT_LIMIT) throw error;
        await delay(pause + Math.random() * pause);
      }
    }
  }

  async readPoints(series: number, from: Instant, to: Instant): Promise<PointColumns> {
    return readPoints(this.#reading, series, from, to);
  }

  async readRollups(series: number, level: Level, from: Instant, to: Instant): Promise<RollupColumns> {
    return readRollups(this.#reading, series, level, from, to);
  }

  revision(): number {
    return (this.#reading.prepare('pragma data_version').get() as { data_version: number }).data_version;
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (!this.#watch) {
      this.#seen = this.revision();
      this.#watch = setInterval(() => this.#announce(), WATCH_EVERY).unref();
      this.#commits.onmessage = () => this.#announce();
    }
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    if (this.#listeners.size === 0) return;
    const revision = this.revision();
    if (revision === this.#seen) return;
    this.#seen = revision;
    for (const listener of this.#listeners) listener();
  }

  #tellThreads(): void {
    if (!this.#closed) this.#commits.postMessage(null);
  }

  /** A deleted file goes on working for who has it open, and is gone with them: nothing may be written to it any more. */
  #checkFile(): void {
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode) return;
    throw new StoreUnavailable('unreachable', `the store ${this.#path} was deleted or replaced while it was open`);
  }

  async size(): Promise<number> {
    this.#checkFile();
    return [this.#path, `${this.#path}-wal`].reduce(
      (total, file) => total + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    this.#listeners.clear();
    await this.#turn;
    this.#closed = true;
    this.#commits.close();
    this.#reading.close();
    this.#writing.close();
  }
}

class SqliteWriter implements Writer {
  readonly database: Kysely<Tables>;
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.database = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
  }

  async upsertPoints(batch: readonly SeriesPoints[]): Promise<ReadonlySet<number>> {
    const changed = new Set<number>();
    const few: [number, number, number, string | null][] = [];
    for (const { series, times, values, dimensions } of batch) {
      if (times.length < ALONE) {
        for (let row = 0; row < times.length; row++) {
          few.push([series, times[row] as number, values[row] as number, dimensions?.[row] ?? null]);
        }
        continue;
      }
      const changes = dimensions
        ? this.#insertRows(UPSERT_POINT, '(?,?,?,?)', times.length, (parameters, row) => {
            parameters.push(series, times[row] as number, values[row] as number, dimensions[row] ?? null);
          })
        : this.#insertRows(UPSERT_POINT, '(?,?,?,null)', times.length, (parameters, row) => {
            parameters.push(series, times[row] as number, values[row] as number);
          });
      if (changes > 0) changed.add(series);
    }
    for (let start = 0; start < few.length; start += ROWS) {
      const rows = few.slice(start, start + ROWS);
      const statement = this.#connection.prepare(
        withRows(`${UPSERT_POINT} returning series`, '(?,?,?,?)', rows.length),
      );
      for (const { series } of statement.all(...rows.flat()) as { series: number }[]) changed.add(series);
    }
    return changed;
  }

  async upsertRollups(batch: readonly SeriesRollups[]): Promise<void> {
    const rows = batch.flatMap((rollups) => Array.from(rollups.columns.times, (_, row) => ({ ...rollups, row })));
    this.#insertRows(UPSERT_ROLLUP, '(?,?,?,?,?,?,?,?,?)', rows.length, (parameters, index) => {
      const { series, level, columns, row } = rows[index] as (typeof rows)[number];
      parameters.push(series, level, columns.times[row] as number, columns.counts[row] as number);
      parameters.push(columns.sums[row] as number, columns.minimums[row] as number, columns.maximums[row] as number);
      parameters.push(columns.firsts[row] as number, columns.lasts[row] as number);
    });
  }

  async markDirty(rows: readonly { series: number; at: Instant; reason: string | null }[]): Promise<void> {
    this.#insertRows(MARK_DIRTY, '(?,?,?)', rows.length, (parameters, row) => {
      const { series, at, reason } = rows[row] as (typeof rows)[number];
      parameters.push(series, at, reason);
    });
  }

  async insertRows({ table, columns, onConflict }: BulkInsert, rows: readonly (readonly (number | string | null)[])[]) {
    const names = columns.map(([name]) => `"${name}"`).join(', ');
    const row = `(${columns.map(() => '?').join(',')})`;
    this.#insertRows(
      `insert into "${table}"(${names}) values ROWS ${onConflict}`,
      row,
      rows.length,
      (parameters, at) => {
        parameters.push(...(rows[at] as (typeof rows)[number]));
      },
    );
  }

  /** `begin immediate` let only this writer in. */
  async takeFeedTurn(): Promise<void> {}

  async readPoints(series: number, from: Instant, to: Instant): Promise<PointColumns> {
    return readPoints(this.#connection, series, from, to);
  }

  async readRollups(series: number, level: Level, from: Instant, to: Instant): Promise<RollupColumns> {
    return readRollups(this.#connection, series, level, from, to);
  }

  #insertRows(
    text: string,
    row: string,
    count: number,
    add: (parameters: (number | string | null)[], index: number) => void,
  ): number {
    let changes = 0;
    for (let start = 0; start < count; start += ROWS) {
      const rows = Math.min(ROWS, count - start);
      const statement = this.#connection.prepare(withRows(text, row, rows));
      const parameters: (number | string | null)[] = [];
      for (let index = start; index < start + rows; index++) add(parameters, index);
      changes += Number(statement.run(...parameters).changes);
    }
    return changes;
  }
}

const texts = new Map<string, string>();

function withRows(text: string, row: string, rows: number): string {
  const key = `${rows} ${row} ${text}`;
  let full = texts.get(key);
  if (!full) {
    full = text.replace('ROWS', Array(rows).fill(row).join(','));
    texts.set(key, full);
  }
  return full;
}

function readPoints(connection: SqliteConnection, series: number, from: Instant, to: Instant): PointColumns {
  return pointColumns(arrays(connection, READ_POINTS).all(series, from, to) as unknown as number[][]);
}

function readRollups(
  connection: SqliteConnection,
  series: number,
  level: Level,
  from: Instant,
  to: Instant,
): RollupColumns {
  return rollupColumns(arrays(connection, READ_ROLLUPS).all(series, level, from, to) as unknown as number[][]);
}

function arrays(connection: SqliteConnection, text: string) {
  const statement = connection.prepare(text);
  statement.setReturnArrays(true);
  return statement;
}

const codeOf = (error: unknown): number => Number((error as { errcode?: number })?.errcode ?? 0) & 0xff;
const isBusy = (error: unknown): boolean => [5, 6].includes(codeOf(error));

/** SQLite's result codes (sqlite.org/rescode.html) that mean trouble around the file and not in the statement. */
function asUnavailable(error: unknown, path: string): StoreUnavailable | undefined {
  const cause = { cause: error };
  if ((error as { code?: string })?.code === 'EACCES' || (error as { code?: string })?.code === 'EROFS') {
    return new StoreUnavailable('read-only', `the data folder of ${path} cannot be written`, cause);
  }
  switch (codeOf(error)) {
    case 5:
    case 6:
      return new StoreUnavailable(
        'busy',
        `the store ${path} was locked by another process for ${WAIT_LIMIT / 1000} s`,
        cause,
      );
    case 8:
      return new StoreUnavailable('read-only', `the store ${path} cannot be written`, cause);
    case 13:
      return new StoreUnavailable('full', `no room left for the store ${path}`, cause);
    case 10:
    case 14:
      return new StoreUnavailable('unreachable', `the store ${path} cannot be opened or read`, cause);
    default:
      return undefined;
  }
}
