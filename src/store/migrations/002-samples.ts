import { type CreateTableBuilder, sql } from 'kysely';
import type { Database } from '../engine.ts';
import type { ColumnDialect } from './migrate.ts';

/** Pushed samples: what is observed of their senders, which fields are measured together, and which windows are published. */
export async function up(database: Database, columns: ColumnDialect): Promise<void> {
  const { schema } = database;
  const keyed = (name: string) => columns.clustered(schema.createTable(name) as CreateTableBuilder<string, never>);

  await schema
    .alterTable('series')
    .addColumn('changes', 'bigint', (column) => column.notNull().defaultTo(sql`0`))
    .execute();
  await schema.alterTable('source').addColumn('cadence', 'bigint').execute();
  await schema.alterTable('source').addColumn('clock_skew', 'bigint').execute();

  await keyed('field')
    .addColumn('org', 'integer', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('series', 'bigint', (column) => column.notNull())
    .addColumn('place', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('field_key', ['org', 'channel', 'name'] as never)
    .execute();
  await schema.createIndex('field_of_series').on('field').column('series').execute();

  await keyed('publication')
    .addColumn('series', 'bigint', (column) => column.notNull())
    .addColumn('window', 'text', (column) => column.notNull())
    .addColumn('changes', 'bigint', (column) => column.notNull())
    .addColumn('version_id', 'text')
    .addColumn('generated_at', 'bigint')
    .addColumn('to_at', 'bigint')
    .addColumn('samples', 'bigint')
    .addColumn('build_duration', 'bigint')
    .addColumn('failing_since', 'bigint')
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addPrimaryKeyConstraint('publication_key', ['series', 'window'] as never)
    .execute();
}
