import postgres from 'postgres';
import { expect, test } from 'vitest';
import { createDatabase } from './postgres.ts';

test('each database is empty and its own', async () => {
  const [left, right] = await Promise.all([createDatabase(), createDatabase()]);
  const [one, two] = [postgres(left.url, { max: 1 }), postgres(right.url, { max: 1 })];
  await one`create table only_here (id bigint)`;
  const tables = await two`select tablename from pg_tables where schemaname = 'public'`;
  expect(tables.length).toBe(0);
  await Promise.all([left.drop(), right.drop()]);
  await Promise.allSettled([one.end(), two.end()]);
});

test('a dropped database is gone, also with a connection still open', async () => {
  const database = await createDatabase();
  const sql = postgres(database.url, { max: 1, onclose: () => {} });
  await sql`select 1`;
  await database.drop();
  await expect(postgres(database.url, { max: 1 })`select 1`).rejects.toThrow('does not exist');
  await sql.end();
});
