import postgres from 'postgres';
import { quoted, type RowSource } from './row-source.ts';

/** A table of a PostgreSQL database; `schema.table` where it lies elsewhere. Throws a RangeError where there is no such table. */
export async function postgresRows(url: string, table: string): Promise<RowSource> {
  // 64-bit integers stay text, as the driver gives them by itself.
  const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  const name = table.split('.').map(quoted).join('.');
  try {
    const columns = await client<{ attname: string; typname: string }[]>`
      select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid
      where attrelid = to_regclass(${name}) and attnum > 0 and not attisdropped order by attnum`;
    if (columns.length === 0) throw new RangeError(`the database holds no table ${table}`);
    const typeOf = (order: string): string => columns.find(({ attname }) => attname === order)?.typname ?? 'text';
    const behind = (order: string, after: string | null): string =>
      after === null ? '' : `where ${quoted(order)} > $1::text::${quoted(typeOf(order))}`;
    const { hostname, pathname } = new URL(url);
    return {
      name: `postgres://${hostname}${pathname}#${table}`,
      columns: async () => columns.map(({ attname }) => attname),
      count: async (order, after) => {
        const [row] = await client.unsafe(
          `select count(*) as rows from ${name} ${behind(order, after)}`,
          after === null ? [] : [after],
        );
        return Number(row?.rows ?? 0);
      },
      read: async (order, after, limit) =>
        client.unsafe(
          `select * from ${name} ${behind(order, after)} order by ${quoted(order)} limit ${limit}`,
          after === null ? [] : [after],
        ),
      [Symbol.asyncDispose]: () => client.end({ timeout: 5 }),
    };
  } catch (error) {
    await client.end({ timeout: 5 });
    throw error;
  }
}
