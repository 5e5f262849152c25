import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bytesText } from '../text/numbers.ts';
import type { StoreLook } from './store.ts';

/** Larger files take longer to be checked for damage than anybody waits for. */
const CHECKED_UP_TO = 500_000_000;

/** Looks into an SQLite file through a connection that cannot write. Throws when it is none. */
export function lookIntoSqlite(file: string): StoreLook {
  const { size } = statSync(file);
  const database = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
  try {
    const tables = new Set(
      database
        .prepare("select name from sqlite_master where type = 'table'")
        .all()
        .map(({ name }) => name),
    );
    const names = tables.has('kysely_migration')
      ? database
          .prepare('select name from kysely_migration order by name')
          .all()
          .map(({ name }) => String(name))
      : undefined;
    const newest = tables.has('feed') ? database.prepare('select max(at) as at from feed').get() : undefined;
    const found = size < CHECKED_UP_TO ? database.prepare('pragma quick_check(1)').get()?.quick_check : 'ok';
    return {
      name: `SQLite ${file} (${bytesText(size)})`,
      migrations: names,
      unwritable: unwritable(file),
      damage: found === 'ok' ? undefined : String(found),
      newestEvent: newest?.at === undefined || newest.at === null ? null : Number(newest.at),
      clockAhead: undefined,
    };
  } finally {
    database.close();
  }
}

/** SQLite writes beside the file as well. */
function unwritable(file: string): string | undefined {
  for (const path of [file, dirname(file)]) {
    try {
      accessSync(path, constants.W_OK);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}
