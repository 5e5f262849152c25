import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { askPeer } from './ask-peer.ts';
import type { PostgresConnection } from './postgres-server.ts';

/** An empty database of its own, for one test file. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Creates an empty database on the PostgreSQL of this test run. */
export async function createDatabase(): Promise<TestDatabase> {
  const { url } = await askPeer<PostgresConnection>('postgres');
  const name = `varve_test_${randomBytes(6).toString('hex')}`;
  await administer(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => administer(url, `drop database if exists ${name} with (force)`) };
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
