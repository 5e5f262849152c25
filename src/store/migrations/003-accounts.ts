import type { CreateTableBuilder } from 'kysely';
import type { Database } from '../engine.ts';
import type { ColumnDialect } from './migrate.ts';

/** Users, what they may do in which org, and everything by which a caller proves who he is. */
export async function up(database: Database, columns: ColumnDialect): Promise<void> {
  const { schema } = database;
  const keyed = (name: string) => columns.clustered(schema.createTable(name) as CreateTableBuilder<string, never>);

  await schema
    .createTable('user')
    .addColumn('number', 'integer', columns.identity)
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('email', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('password', 'text')
    .addColumn('disabled_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_sign_in_at', 'bigint')
    .execute();

  await keyed('membership')
    .addColumn('org', 'integer', (column) => column.notNull().references('org.number'))
    .addColumn('user', 'integer', (column) => column.notNull().references('user.number'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('membership_key', ['org', 'user'] as never)
    .execute();
  await schema.createIndex('membership_of_user').on('membership').column('user').execute();

  await keyed('session')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('user', 'integer', (column) => column.notNull().references('user.number'))
    .addColumn('org', 'integer', (column) => column.references('org.number'))
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('agent', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('session_of_user').on('session').column('user').execute();

  await keyed('token')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('org', 'integer', (column) => column.notNull().references('org.number'))
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('made_by', 'integer', (column) => column.references('user.number'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute();
  await schema.createIndex('token_of_org').on('token').columns(['org', 'created_at']).execute();

  await keyed('one_time_link')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('org', 'integer', (column) => column.references('org.number'))
    .addColumn('user', 'integer', (column) => column.references('user.number'))
    .addColumn('email', 'text')
    .addColumn('role', 'text')
    .addColumn('made_by', 'integer', (column) => column.references('user.number'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('one_time_link_of_org').on('one_time_link').columns(['org', 'created_at']).execute();

  await keyed('login_attempt')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('failed_at', 'bigint', (column) => column.notNull())
    .addColumn('blocked_until', 'bigint', (column) => column.notNull())
    .execute();

  await schema
    .createTable('audit')
    .addColumn('seq', columns.sequence, columns.identity)
    .addColumn('org', 'integer')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('audit_of_org').on('audit').columns(['org', 'seq']).execute();

  await keyed('external_identity')
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('user', 'integer', (column) => column.notNull().references('user.number'))
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('external_identity_key', ['provider', 'subject'] as never)
    .execute();
  await schema.createIndex('external_identity_of_user').on('external_identity').column('user').execute();
}
