import type { Engine } from './engine.ts';
import { PostgresEngine } from './engines/postgres.ts';
import { SqliteEngine } from './engines/sqlite.ts';

/** Where the data lives: a PostgreSQL URL, or the path of an SQLite file. */
export type StoreLocation = { readonly url: string } | { readonly file: string };

export interface StoreOptions {
  /** What was committed survives a loss of power, not only the end of the process. Costs a wait for the disk at each commit. */
  readonly durable?: boolean;
}

/** Opens the store and brings its schema up to date. Throws `StoreUnavailable` when it cannot be reached, locked or written. */
export async function openStore(location: StoreLocation, options: StoreOptions = {}): Promise<Engine> {
  const engine = 'url' in location ? new PostgresEngine(location.url) : new SqliteEngine(location.file, options);
  try {
    await engine.migrate();
    return engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}
