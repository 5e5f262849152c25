import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { activitySchema } from '../../src/activity/activity-config.ts';
import { settleColumns } from '../../src/activity/import/column-map.ts';
import { importLog } from '../../src/activity/import/import-log.ts';
import { postgresRows } from '../../src/activity/import/postgres-rows.ts';
import type { RowSource } from '../../src/activity/import/row-source.ts';
import { sqliteRows } from '../../src/activity/import/sqlite-rows.ts';
import { projectionsOf } from '../../src/activity/projections.ts';
import { ensureOrg } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { findEventStream, readEventsAfter } from '../../src/store/event-log.ts';
import { listOpenItems } from '../../src/store/pair-steps.ts';
import { useStore } from '../http/test-app.ts';
import { ManualClock } from '../support/clock.ts';
import { temporaryFile } from '../support/engines.ts';
import { createDatabase } from '../support/postgres.ts';

const engine = useStore();
const clock = new ManualClock('2025-11-01T00:00:00Z');
const projections = projectionsOf(activitySchema.parse(undefined));
const GUILD = '896070888594759740';
const CREATED = 1_761_000_000;

/** The table of a bot: ids of 64 bits, seconds, and JSON in a text. */
const SCHEMA = `create table action_log(id bigint primary key, guild_id bigint, app_id text, moderator_id bigint,
  action text not null, meta_json text, created_at_s bigint not null)`;
const ROWS: [bigint, bigint, string, bigint | null, string, string | null, number][] = [
  [9_007_199_254_740_993n, BigInt(GUILD), 'A1', 697_169_405_422_862_417n, 'app_submitted', null, CREATED],
  [
    9_007_199_254_740_994n,
    BigInt(GUILD),
    'A1',
    697_169_405_422_862_418n,
    'accept',
    '{"score":1.5,"role":697169405422862419}',
    CREATED + 60,
  ],
  [9_007_199_254_740_995n, BigInt(GUILD), 'A2', null, 'app_submitted', 'no json', CREATED + 61],
];

interface Foreign {
  open(): Promise<RowSource>;
  insert(rows: typeof ROWS): Promise<void>;
}

async function inSqlite(): Promise<Foreign> {
  const { location, remove } = temporaryFile();
  const file = join(location.file, '..', 'bot.db');
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  onTestFinished(async () => {
    database.close();
    await remove();
  });
  return {
    open: async () => sqliteRows(file, 'action_log'),
    insert: async (rows) => {
      const statement = database.prepare('insert into action_log values (?,?,?,?,?,?,?)');
      database.exec('begin');
      for (const row of rows) statement.run(...row);
      database.exec('commit');
    },
  };
}

async function inPostgres(): Promise<Foreign> {
  const { url, drop } = await createDatabase();
  const client = postgres(url, { max: 1 });
  await client.unsafe(SCHEMA);
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  return {
    open: () => postgresRows(url, 'action_log'),
    insert: async (rows) => {
      for (const row of rows)
        await client.unsafe(
          'insert into action_log values ($1,$2,$3,$4,$5,$6,$7)',
          row.map((cell) => (typeof cell === 'bigint' ? String(cell) : cell)),
        );
    },
  };
}

let orgs = 0;
const makeOrg = (on: Engine) => on.write(({ database }) => ensureOrg(database, `i${orgs}`, `i${orgs++}`, clock.now()));

test.each([
  ['SQLite', inSqlite],
  ['PostgreSQL', inPostgres],
])('a table of %s becomes a log, digit by digit, and later rows follow', async (_, make) => {
  const foreign = await make();
  await foreign.insert(ROWS);
  const org = await makeOrg(engine());
  await using source = await foreign.open();
  const columns = settleColumns(undefined, await source.columns(), false);
  const run = () => importLog(engine(), org, source, projections, clock, { columns });
  expect(await run()).toMatchObject({ read: 3, accepted: 3, duplicates: 0, refusedCount: 0 });
  const stream = await findEventStream(engine().reader, org.number, GUILD);
  const events = await readEventsAfter(engine().reader, stream?.number ?? 0, 0, 10);
  expect(events.map(({ id, actor, subject, type, at }) => [id, actor, subject, type, at])).toEqual([
    ['9007199254740993', '697169405422862417', 'A1', 'app_submitted', CREATED * 1_000],
    ['9007199254740994', '697169405422862418', 'A1', 'accept', (CREATED + 60) * 1_000],
    ['9007199254740995', null, 'A2', 'app_submitted', (CREATED + 61) * 1_000],
  ]);
  expect(events.map(({ attributes }) => JSON.parse(attributes))).toEqual([
    {},
    { meta_json: { score: 1.5, role: '697169405422862419' } },
    { meta_json: 'no json' },
  ]);
  const open = await listOpenItems(engine().reader, stream?.number ?? 0, 'answer', 10);
  expect(open.map(({ subject }) => subject)).toEqual(['A2']);

  expect(await run()).toMatchObject({ read: 0 });
  await foreign.insert([[9_007_199_254_740_996n, BigInt(GUILD), 'A2', 5n, 'reject', null, CREATED + 100]]);
  expect(await run()).toMatchObject({ read: 1, accepted: 1 });
  const again = await importLog(engine(), org, source, projections, clock, { columns, again: true });
  expect(again).toMatchObject({ read: 4, accepted: 0, duplicates: 4 });
});

test('an import that was interrupted goes on where it stood', async () => {
  const foreign = await inSqlite();
  const rows = Array.from({ length: 4_500 }, (_, index): (typeof ROWS)[number] => [
    BigInt(index + 1),
    7n,
    `s${index}`,
    1n,
    'claim',
    null,
    CREATED + index,
  ]);
  await foreign.insert(rows);
  const org = await makeOrg(engine());
  await using source = await foreign.open();
  const columns = settleColumns(undefined, await source.columns(), false);
  const stop = new AbortController();
  const first = await importLog(engine(), org, source, projections, clock, {
    columns,
    signal: stop.signal,
    onProgress: (done, total) => {
      expect(total).toBe(4_500);
      if (done >= 2_000) stop.abort();
    },
  });
  expect(first.read).toBe(2_000);
  const rest = await importLog(engine(), org, source, projections, clock, { columns });
  expect(rest).toMatchObject({ read: 2_500, accepted: 2_500, duplicates: 0 });
});

test('rows that are no events are refused by their key and hold nobody up', async () => {
  const foreign = await inSqlite();
  await foreign.insert([
    [1n, 7n, 's', 1n, 'two words', null, CREATED],
    [2n, 7n, 's', 1n, 'claim', null, CREATED],
  ]);
  const org = await makeOrg(engine());
  await using source = await foreign.open();
  const columns = settleColumns(undefined, await source.columns(), false);
  const report = await importLog(engine(), org, source, projections, clock, { columns });
  expect(report).toMatchObject({ accepted: 1, refusedCount: 1, refused: [{ key: '1' }] });
});

test('columns are named, guessed, or asked for', () => {
  const names = ['nr', 'what', 'ticket', 'stamp_ms'];
  expect(settleColumns('id=nr, type=what,subject=ticket,time=stamp_ms', names, true)).toEqual({
    id: 'nr',
    type: 'what',
    subject: 'ticket',
    time: 'stamp_ms',
  });
  expect(() => settleColumns('id=nr', names, false)).toThrow('say which column holds type and time and stream');
  expect(() => settleColumns('id=nrr', names, false)).toThrow('did you mean nr?');
  expect(() => settleColumns('when=nr', names, false)).toThrow('is no field of an event');
});
