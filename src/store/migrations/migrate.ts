import { type ColumnDefinitionBuilder, type CreateTableBuilder, type RawBuilder, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Database } from '../engine.ts';
import { up as core } from './001-core.ts';
import { up as samples } from './002-samples.ts';
import { up as accounts } from './003-accounts.ts';
import { up as activity } from './004-activity.ts';

/** The few words of DDL that the engines spell differently. */
export interface ColumnDialect {
  /** The type of a 64-bit identity column; SQLite numbers rows only where it reads exactly `integer`. */
  readonly sequence: 'integer' | 'bigint';
  /** A text whose order is that of its bytes, whatever language the database was made for. */
  readonly byteOrdered: RawBuilder<unknown>;
  /** Turns an integer column into one that numbers its rows. */
  identity(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Stores the rows of a table in the order of its primary key, where the engine can. */
  clustered<Name extends string>(table: CreateTableBuilder<Name, never>): CreateTableBuilder<Name, never>;
}

export const sqliteColumns: ColumnDialect = {
  sequence: 'integer',
  byteOrdered: sql`text`,
  identity: (column) => column.primaryKey().autoIncrement(),
  clustered: (table) => table.modifyEnd(sql`without rowid`),
};

export const postgresColumns: ColumnDialect = {
  sequence: 'bigint',
  byteOrdered: sql`text collate "C"`,
  identity: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  clustered: (table) => table,
};

type Migration = (database: Database, columns: ColumnDialect) => Promise<void>;

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-core': core,
  '002-samples': samples,
  '003-accounts': accounts,
  '004-activity': activity,
};

/** The names of all migrations, in order. */
export const migrationNames: readonly string[] = Object.keys(MIGRATIONS);

/** Brings the schema up to date inside the caller's transaction, which must be the only writer. Safe to call at each start. */
export async function migrate(database: Database, columns: ColumnDialect): Promise<void> {
  const migrator = new Migrator({
    db: database,
    // The caller has begun one; Kysely knows of it only where it is its own.
    disableTransactions: !database.isTransaction,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(
          Object.entries(MIGRATIONS).map(([name, migration]) => [
            name,
            { up: (own) => migration(own as Database, columns) },
          ]),
        ),
    },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
