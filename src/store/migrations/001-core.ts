import { type CreateTableBuilder, sql } from 'kysely';
import type { Database } from '../engine.ts';
import type { ColumnDialect } from './migrate.ts';

/** Orgs, sources, series, points, rollups, ledger, jobs and feed. `bigint` and `double precision` mean the same to both engines. */
export async function up(database: Database, columns: ColumnDialect): Promise<void> {
  const { schema } = database;
  const keyed = (name: string) => columns.clustered(schema.createTable(name) as CreateTableBuilder<string, never>);
  const numbered = (name: string) => schema.createTable(name).addColumn('number', 'integer', columns.identity);

  await numbered('org')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();

  await numbered('source')
    .addColumn('org', 'integer', (column) => column.notNull().references('org.number'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('interval', 'bigint')
    .addColumn('location', 'text', (column) => column.notNull())
    .addColumn('raw_from', 'bigint')
    .addColumn('last_attempt_at', 'bigint')
    .addColumn('last_success_at', 'bigint')
    .addColumn('last_error', 'text')
    .addColumn('failing_since', 'bigint')
    .addColumn('next_attempt_at', 'bigint')
    .addUniqueConstraint('source_of_org', ['org', 'name'])
    .execute();

  await numbered('series')
    .addColumn('org', 'integer', (column) => column.notNull().references('org.number'))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('source', 'integer', (column) => column.notNull().references('source.number'))
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('unit', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('interval', 'bigint')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('last_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('series_of_org', ['org', 'id'])
    .execute();
  await schema.createIndex('series_by_metric').on('series').columns(['org', 'metric', 'labels']).execute();
  await schema
    .createIndex('series_by_activity')
    .on('series')
    .expression(sql`org, coalesce(last_at, -1) desc, labels desc, metric`)
    .execute();
  await schema.createIndex('series_by_source').on('series').columns(['source', 'number']).execute();

  await keyed('point')
    .addColumn('series', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('value', 'double precision', (column) => column.notNull())
    .addColumn('dimensions', 'text')
    .addPrimaryKeyConstraint('point_key', ['series', 'at'] as never)
    .execute();

  await keyed('rollup')
    .addColumn('series', 'bigint', (column) => column.notNull())
    .addColumn('level', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('sum', 'double precision', (column) => column.notNull())
    .addColumn('min', 'double precision', (column) => column.notNull())
    .addColumn('max', 'double precision', (column) => column.notNull())
    .addColumn('first', 'double precision', (column) => column.notNull())
    .addColumn('last', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('rollup_key', ['series', 'level', 'at'] as never)
    .execute();

  await keyed('dirty')
    .addColumn('series', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addPrimaryKeyConstraint('dirty_key', ['series', 'at'] as never)
    .execute();

  await keyed('restatement')
    .addColumn('series', 'bigint', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('to_at', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('recorded_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('restatement_key', ['series', 'version'] as never)
    .execute();

  await keyed('ledger')
    .addColumn('source', 'bigint', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('to_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('detail', 'text')
    .addPrimaryKeyConstraint('ledger_key', ['source', 'from_at'] as never)
    .execute();

  await keyed('closed')
    .addColumn('source', 'bigint', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('to_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('closed_key', ['source', 'from_at'] as never)
    .execute();

  await keyed('archive_object')
    .addColumn('source', 'bigint', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('detail', 'text')
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('etag', 'text')
    .addColumn('read_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('archive_object_key', ['source', 'key'] as never)
    .execute();
  await schema.createIndex('archive_object_by_time').on('archive_object').columns(['source', 'at']).execute();

  await schema
    .createTable('job')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('org', 'integer', (column) => column.notNull().references('org.number'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('lane', 'text', (column) => column.notNull())
    .addColumn('input', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('progress', 'text')
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('cancel_requested', 'integer', (column) => column.notNull())
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('run_at', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .execute();
  // One live job a key is what makes a thousand callers share one; one running job a lane keeps two jobs off the same work.
  await sql`create unique index job_live_key on job(org, key) where state in ('queued', 'running')`.execute(database);
  await sql`create unique index job_running_lane on job(org, lane) where state = 'running'`.execute(database);
  await schema.createIndex('job_by_time').on('job').columns(['org', 'created_at']).execute();

  await schema
    .createTable('schedule')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('slot', 'bigint', (column) => column.notNull())
    .execute();

  await schema
    .createTable('feed')
    .addColumn('seq', columns.sequence, columns.identity)
    .addColumn('org', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('feed_of_org').on('feed').columns(['org', 'seq']).execute();
}
