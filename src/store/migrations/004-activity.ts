import type { CreateTableBuilder } from 'kysely';
import type { Database } from '../engine.ts';
import type { ColumnDialect } from './migrate.ts';

/** The activity log: streams of events, what is counted and paired from them, and whom their ids name. */
export async function up(database: Database, columns: ColumnDialect): Promise<void> {
  const { schema } = database;
  const keyed = (name: string) => columns.clustered(schema.createTable(name) as CreateTableBuilder<string, never>);
  const { byteOrdered } = columns;

  await schema
    .createTable('event_stream')
    .addColumn('number', 'integer', columns.identity)
    .addColumn('org', 'integer', (column) => column.notNull().references('org.number'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('last_seq', 'bigint', (column) => column.notNull())
    .addColumn('first_at', 'bigint')
    .addColumn('last_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('event_stream_of_org', ['org', 'name'])
    .execute();

  await keyed('event')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('actor', 'text')
    .addColumn('subject', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('attributes', 'text', (column) => column.notNull())
    .addColumn('landed_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('event_key', ['stream', 'seq'] as never)
    .execute();
  await schema.createIndex('event_by_id').unique().on('event').columns(['stream', 'id']).execute();
  await schema.createIndex('event_by_time').on('event').columns(['stream', 'at', 'seq']).execute();
  await schema.createIndex('event_by_type').on('event').columns(['stream', 'type', 'at', 'seq']).execute();
  await schema.createIndex('event_by_actor').on('event').columns(['stream', 'actor', 'at', 'seq']).execute();
  await schema.createIndex('event_by_subject').on('event').columns(['stream', 'subject', 'at', 'seq']).execute();

  await keyed('event_count')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('level', 'bigint', (column) => column.notNull())
    .addColumn('each', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('event_count_key', ['stream', 'level', 'each', 'at', 'actor', 'type'] as never)
    .execute();

  await keyed('pair_step')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('pair', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('place', 'integer', (column) => column.notNull())
    .addColumn('event', byteOrdered, (column) => column.notNull())
    .addColumn('actor', 'text')
    .addColumn('open_at', 'bigint')
    .addColumn('open_actor', 'text')
    .addColumn('latency', 'bigint')
    .addPrimaryKeyConstraint('pair_step_key', ['stream', 'pair', 'subject', 'at', 'place', 'event'] as never)
    .execute();

  await keyed('pair_subject')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('pair', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('place', 'integer', (column) => column.notNull())
    .addColumn('event', byteOrdered, (column) => column.notNull())
    .addColumn('open_at', 'bigint')
    .addColumn('open_actor', 'text')
    .addPrimaryKeyConstraint('pair_subject_key', ['stream', 'pair', 'subject'] as never)
    .execute();
  await schema
    .createIndex('pair_subject_open')
    .on('pair_subject')
    .columns(['stream', 'pair', 'open_at', 'subject'])
    .where('open_at' as never, 'is not', null)
    .execute();

  await keyed('latency')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('pair', 'text', (column) => column.notNull())
    .addColumn('level', 'bigint', (column) => column.notNull())
    .addColumn('each', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('sum', 'bigint', (column) => column.notNull())
    .addColumn('sketch', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('latency_key', ['stream', 'pair', 'level', 'each', 'at', 'actor'] as never)
    .execute();

  await keyed('projection')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('open', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('projection_key', ['stream', 'name'] as never)
    .execute();

  await keyed('identity')
    .addColumn('org', 'integer', (column) => column.notNull())
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('username', 'text')
    .addColumn('global_name', 'text')
    .addColumn('display_name', 'text')
    .addColumn('avatar_url', 'text')
    .addColumn('fetched_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('identity_key', ['org', 'stream', 'id'] as never)
    .execute();

  await keyed('log_import')
    .addColumn('org', 'integer', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('position', 'text', (column) => column.notNull())
    .addColumn('events', 'bigint', (column) => column.notNull())
    .addColumn('imported_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('log_import_key', ['org', 'source'] as never)
    .execute();
}
