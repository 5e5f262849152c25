import type { Kysely } from 'kysely';
import type { Level } from '../domain/ladder.ts';
import type { PointColumns, RollupColumns } from '../domain/rollup.ts';
import type { Instant } from '../domain/time.ts';
import type { Tables } from './tables.ts';

/** Query builder over the tables; a transaction has the same type. */
export type Database = Kysely<Tables>;

/** Samples of one series, in any order of time. `dimensions` are JSON texts beside the values. */
export interface SeriesPoints {
  readonly series: number;
  readonly times: ArrayLike<Instant>;
  readonly values: ArrayLike<number>;
  readonly dimensions?: readonly (string | null)[];
}

/** Rollups of one series and level. */
export interface SeriesRollups {
  readonly series: number;
  readonly level: Level;
  readonly columns: RollupColumns;
}

/** Reads in bulk, where a query builder's row objects would cost more than the query. Both ranges are half-open. */
export interface BulkReader {
  readPoints(series: number, from: Instant, to: Instant): Promise<PointColumns>;
  readRollups(series: number, level: Level, from: Instant, to: Instant): Promise<RollupColumns>;
}

/** Many rows for one statement. Texts are part of the program, never of a request. */
export interface BulkInsert {
  readonly table: keyof Tables;
  readonly columns: readonly (readonly [name: string, type: 'bigint' | 'text'])[];
  /** `on conflict …`, in words that both engines know; rows of one call must not meet each other there. */
  readonly onConflict: string;
}

/** One transaction. */
export interface Writer extends BulkReader {
  readonly database: Database;
  /** Inserts samples or replaces those of the same series and stamp; returns the series of which anything changed. */
  upsertPoints(batch: readonly SeriesPoints[]): Promise<ReadonlySet<number>>;
  upsertRollups(batch: readonly SeriesRollups[]): Promise<void>;
  /** Marks buckets for rebuilding; a reason once given stays until the rebuild. */
  markDirty(rows: readonly { series: number; at: Instant; reason: string | null }[]): Promise<void>;
  /** Inserts rows with few statements, where building them one by one would cost more than running them. */
  insertRows(insert: BulkInsert, rows: readonly (readonly (number | string | null)[])[]): Promise<void>;
  /**
   * Call before taking a sequence number of the feed: readers must never see a higher number before a lower one, so
   * writers take turns from here until they commit.
   */
  takeFeedTurn(): Promise<void>;
}

/**
 * What differs between databases, behind one seam. Nothing outside `engines/` asks which engine it is.
 */
export interface Engine extends BulkReader, AsyncDisposable {
  readonly name: 'sqlite' | 'postgres';
  readonly capabilities: {
    /** Several processes on several machines may share the store. */
    readonly shared: boolean;
  };
  readonly reader: Database;
  /** Runs `work` in one transaction; waits for its turn without blocking the thread, retries where engines ask for it. */
  write<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result>;
  /** A number that differs after any commit, by this process or another, that readers can see. Cheap enough for each request. */
  revision(): number;
  /** Calls back soon after commits of this or any other process; several commits may share one call. */
  onCommit(listener: () => void): () => void;
  migrate(): Promise<void>;
  /** Bytes that the data takes on disk. Throws `StoreUnavailable` when the store is not there any more. */
  size(): Promise<number>;
}

/** The store could not be reached, was busy for too long, or has no room. `reason` says which, in words for an operator. */
export class StoreUnavailable extends Error {
  readonly reason: 'busy' | 'full' | 'read-only' | 'unreachable';

  constructor(reason: 'busy' | 'full' | 'read-only' | 'unreachable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnavailable';
    this.reason = reason;
  }
}
