import { Kysely, sql } from 'kysely';
import { PostgresJSDialect } from 'kysely-postgres-js';
import postgres, { type Sql } from 'postgres';
import type { Level } from '../../domain/ladder.ts';
import type { PointColumns, RollupColumns } from '../../domain/rollup.ts';
import type { Instant } from '../../domain/time.ts';
import {
  type BulkInsert,
  type Database,
  type Engine,
  type SeriesPoints,
  type SeriesRollups,
  StoreUnavailable,
  type Writer,
} from '../engine.ts';
import { migrate, postgresColumns } from '../migrations/migrate.ts';
import type { Tables } from '../tables.ts';
import { pointColumns, rollupColumns } from './columns.ts';

const CHANNEL = 'varve_commit';
/** Any constant: names the lock under which writers take turns in the feed. */
const FEED_LOCK = 7_357_001;
const MIGRATION_LOCK = 7_357_002;
const ATTEMPTS = 5;
const ROWS = 10_000;

/** PostgreSQL. 64-bit integers arrive as numbers: every one of ours is a time or a counter far below 2^53. */
export class PostgresEngine implements Engine {
  readonly name = 'postgres';
  readonly capabilities = { shared: true };
  readonly reader: Kysely<Tables>;
  readonly #client: Sql<{ bigint: number }>;
  readonly #listeners = new Set<() => void>();
  readonly #listening: Promise<unknown>;
  #revision = 0;

  /** Connects lazily; `migrate` is the first call that throws `StoreUnavailable` when nobody answers. */
  constructor(url: string) {
    this.#client = postgres(url, {
      max: 10,
      onnotice: () => {},
      connect_timeout: 10,
      types: { bigint: { to: 20, from: [20, 1700], parse: Number, serialize: String } },
    }) as Sql<{ bigint: number }>;
    this.reader = new Kysely<Tables>({ dialect: new PostgresJSDialect({ postgres: this.#client }) });
    // After a lost connection nobody knows what was missed: (re)connecting counts as a commit.
    this.#listening = this.#client
      .listen(
        CHANNEL,
        () => this.#announce(),
        () => this.#announce(),
      )
      .catch(() => {});
  }

  async migrate(): Promise<void> {
    await this.write(async ({ database }) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(database);
      await migrate(database, postgresColumns);
    });
    await this.#listening;
  }

  async write<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await this.reader.transaction().execute(async (database) => {
          const done = await work(new PostgresWriter(database));
          await sql`select pg_notify(${CHANNEL}, '')`.execute(database);
          return done;
        });
        this.#announce();
        return result;
      } catch (error) {
        if (!collided(error) || attempt === ATTEMPTS) throw asUnavailable(error) ?? error;
      }
    }
  }

  readPoints(series: number, from: Instant, to: Instant): Promise<PointColumns> {
    return readPoints(this.reader, series, from, to);
  }

  readRollups(series: number, level: Level, from: Instant, to: Instant): Promise<RollupColumns> {
    return readRollups(this.reader, series, level, from, to);
  }

  revision(): number {
    return this.#revision;
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }

  async size(): Promise<number> {
    const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(
      this.reader,
    );
    return Number(rows[0]?.bytes ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.#client.end({ timeout: 5 });
  }
}

class PostgresWriter implements Writer {
  readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async upsertPoints(batch: readonly SeriesPoints[]): Promise<ReadonlySet<number>> {
    const changed = new Set<number>();
    const rows = batch.flatMap(({ series, times, values, dimensions }) =>
      lastOfEach(times).map((index) => ({
        series,
        at: times[index] as number,
        value: values[index] as number,
        dimensions: dimensions?.[index] ?? null,
      })),
    );
    for (const part of parts(rows)) {
      const result = await sql<{ series: number }>`
        with changed as (
          insert into point(series, at, value, dimensions)
          select * from unnest(${part.map((row) => row.series)}::bigint[], ${part.map((row) => row.at)}::bigint[],
            ${part.map((row) => row.value)}::float8[], ${part.map((row) => row.dimensions)}::text[])
          on conflict (series, at) do update set value = excluded.value, dimensions = excluded.dimensions
          where point.value is distinct from excluded.value or point.dimensions is distinct from excluded.dimensions
          returning series)
        select distinct series from changed`.execute(this.database);
      for (const { series } of result.rows) changed.add(Number(series));
    }
    return changed;
  }

  async upsertRollups(batch: readonly SeriesRollups[]): Promise<void> {
    const rows = batch.flatMap(({ series, level, columns }) =>
      Array.from(columns.times, (at, row) => ({ series, level, at, columns, row })),
    );
    for (const part of parts(rows)) {
      const of = (name: 'counts' | 'sums' | 'minimums' | 'maximums' | 'firsts' | 'lasts') =>
        part.map(({ columns, row }) => columns[name][row] as number);
      await sql`
        insert into rollup(series, level, at, count, sum, min, max, first, last)
        select * from unnest(${part.map((row) => row.series)}::bigint[], ${part.map((row) => row.level)}::bigint[], ${part.map((row) => row.at)}::bigint[],
          ${of('counts')}::bigint[], ${of('sums')}::float8[], ${of('minimums')}::float8[], ${of('maximums')}::float8[],
          ${of('firsts')}::float8[], ${of('lasts')}::float8[])
        on conflict (series, level, at) do update set count = excluded.count, sum = excluded.sum,
          min = excluded.min, max = excluded.max, first = excluded.first, last = excluded.last`.execute(this.database);
    }
  }

  async markDirty(rows: readonly { series: number; at: Instant; reason: string | null }[]): Promise<void> {
    for (const part of parts(rows)) {
      await sql`
        insert into dirty(series, at, reason)
        select * from unnest(${part.map((row) => row.series)}::bigint[], ${part.map((row) => row.at)}::bigint[], ${part.map((row) => row.reason)}::text[])
        on conflict (series, at) do update set reason = coalesce(dirty.reason, excluded.reason)`.execute(this.database);
    }
  }

  async insertRows(
    { table, columns, onConflict }: BulkInsert,
    rows: readonly (readonly (number | string | null)[])[],
  ): Promise<void> {
    const names = sql.join(columns.map(([name]) => sql.ref(name)));
    for (const part of parts(rows)) {
      const arrays = columns.map(([, type], index) => sql`${part.map((row) => row[index])}::${sql.raw(type)}[]`);
      await sql`insert into ${sql.table(table)}(${names}) select * from unnest(${sql.join(arrays)}) ${sql.raw(onConflict)}`.execute(
        this.database,
      );
    }
  }

  async takeFeedTurn(): Promise<void> {
    await sql`select pg_advisory_xact_lock(${sql.lit(FEED_LOCK)})`.execute(this.database);
  }

  readPoints(series: number, from: Instant, to: Instant): Promise<PointColumns> {
    return readPoints(this.database, series, from, to);
  }

  readRollups(series: number, level: Level, from: Instant, to: Instant): Promise<RollupColumns> {
    return readRollups(this.database, series, level, from, to);
  }
}

/** One statement may not touch a row twice: of equal stamps the last given counts, as it does row by row. */
function lastOfEach(times: ArrayLike<Instant>): number[] {
  return [...new Map(Array.from(times, (time, index) => [time, index])).values()];
}

function* parts<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += ROWS) yield rows.slice(start, start + ROWS);
}

async function readPoints(database: Database, series: number, from: Instant, to: Instant): Promise<PointColumns> {
  const { rows } = await sql<{ at: number; value: number }>`
    select at, value from point where series = ${series} and at >= ${from} and at < ${to} order by at`.execute(
    database,
  );
  return pointColumns(rows.map(({ at, value }) => [at, value]));
}

async function readRollups(
  database: Database,
  series: number,
  level: Level,
  from: Instant,
  to: Instant,
): Promise<RollupColumns> {
  const { rows } = await sql<Tables['rollup']>`
    select at, count, sum, min, max, first, last from rollup
    where series = ${series} and level = ${level} and at >= ${from} and at < ${to} order by at`.execute(database);
  return rollupColumns(
    rows.map(({ at, count, sum, min, max, first, last }) => [at, count, sum, min, max, first, last]),
  );
}

/** Serialization failures, deadlocks, and two runners that took jobs of one lane at the same moment. */
function collided(error: unknown): boolean {
  const { code, constraint_name } = error as { code?: string; constraint_name?: string };
  return code === '40001' || code === '40P01' || (code === '23505' && constraint_name === 'job_running_lane');
}

/** SQLSTATE classes (postgresql.org/docs/current/errcodes-appendix.html) and socket errors that mean trouble around the statement. */
function asUnavailable(error: unknown): StoreUnavailable | undefined {
  const code = (error as { code?: string }).code ?? '';
  const cause = { cause: error };
  if (code === '53100') return new StoreUnavailable('full', 'the disk of PostgreSQL is full', cause);
  if (code === '25006') return new StoreUnavailable('read-only', 'PostgreSQL is in read-only mode', cause);
  if (code === '40001' || code === '40P01')
    return new StoreUnavailable('busy', 'PostgreSQL kept rolling back a transaction', cause);
  if (/^(08|57P|28|3D)|^E[A-Z]+$|^CONN/.test(code))
    return new StoreUnavailable('unreachable', 'PostgreSQL cannot be reached or refused the sign-in', cause);
  return undefined;
}
