import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { quoted, type RowSource } from './row-source.ts';

/** A table of an SQLite file, which is only read. Throws a RangeError where there is no such file or table. */
export function sqliteRows(file: string, table: string): RowSource {
  const path = resolve(file);
  if (!existsSync(path)) throw new RangeError(`there is no file ${path}`);
  const database = new DatabaseSync(path, { readOnly: true, readBigInts: true, timeout: 5_000 });
  const columns = database.prepare('select name from pragma_table_info(?)').all(table);
  if (columns.length === 0) {
    database.close();
    throw new RangeError(`${path} holds no table ${table}`);
  }
  const behind = (order: string, after: string | null): [string, (string | bigint)[]] =>
    after === null ? ['', []] : [`where ${quoted(order)} > ?`, [/^-?\d+$/.test(after) ? BigInt(after) : after]];
  return {
    name: `sqlite:${path}#${table}`,
    columns: async () => columns.map(({ name }) => String(name)),
    count: async (order, after) => {
      const [where, parameters] = behind(order, after);
      const row = database.prepare(`select count(*) as rows from ${quoted(table)} ${where}`).get(...parameters);
      return Number(row?.rows ?? 0);
    },
    read: async (order, after, limit) => {
      const [where, parameters] = behind(order, after);
      return database
        .prepare(`select * from ${quoted(table)} ${where} order by ${quoted(order)} limit ?`)
        .all(...parameters, limit);
    },
    [Symbol.asyncDispose]: async () => database.close(),
  };
}
