import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import type { PostgresConnection } from './postgres-server.ts';

async function startKeeper() {
  const file = fileURLToPath(new URL('./peer-keeper.ts', import.meta.url));
  const keeper = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [address] = await once(createInterface({ input: keeper.stdout }), 'line');
  return { keeper, address: String(address) };
}

test('peers start once, and end when the test run is gone', async () => {
  const { keeper, address } = await startKeeper();
  const ask = async () => {
    const response = await fetch(`${address}/postgres`, { method: 'POST' });
    return (await response.json()) as PostgresConnection;
  };
  const [first, second] = await Promise.all([ask(), ask()]);
  expect(second).toEqual(first);
  const query = async () => {
    const sql = postgres(first.url, { max: 1, connect_timeout: 5 });
    return sql`select 1 as one`.finally(() => sql.end());
  };
  expect(await query()).toEqual([{ one: 1 }]);

  keeper.stdin.end();
  const [code] = await once(keeper, 'exit');
  expect(code).toBe(0);
  await expect(query()).rejects.toThrow('ECONNREFUSED');
});

test('a peer that does not exist is an error', async () => {
  const { keeper, address } = await startKeeper();
  expect((await fetch(`${address}/nothing`, { method: 'POST' })).status).toBe(404);
  keeper.stdin.end();
  await once(keeper, 'exit');
});
