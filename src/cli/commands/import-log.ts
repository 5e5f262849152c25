import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { Failure } from '../failure.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { printJson, say } from '../output.ts';

interface ImportOptions extends Flags {
  readonly from: string;
  readonly table: string;
  readonly columns?: string;
  readonly stream?: string;
  readonly again?: boolean;
  readonly json?: boolean;
}

/** `varve import-log`: a table of another database becomes a log. */
export function addImportLog(program: Command): void {
  const command = program
    .command('import-log')
    .description(
      'Read a table of actions of another database into logs. It goes on where the import before ended, so that it may be ' +
        'interrupted and repeated; each event is stored once.',
    )
    .requiredOption('--from <database>', 'sqlite:FILE or postgres://…, which is only read')
    .option('--table <name>', 'its table', 'action_log')
    .option(
      '--columns <map>',
      'which column gives what, e.g. actor=moderator_id,time=created_at_s; the others become attributes',
    )
    .option('--stream <name>', 'the log of all rows, where no column says it')
    .option('--again', 'read from the first row on')
    .option('--json', 'print the report as JSON')
    .action((_options: unknown, self: Command) => importTable(optionsOf<ImportOptions>(self)));
  examples(
    command,
    ['varve import-log --from sqlite:./bot.db', 'the table action_log, columns by their usual names'],
    ['varve import-log --from postgres://bot@db/bot --table mod.log --columns subject=ticket', 'another table'],
  );
}

async function importTable(options: ImportOptions): Promise<void> {
  const [
    { openForWork },
    { settleColumns },
    { importLog },
    { projectionsOf },
    { progressView },
    { listenForInterruption, INTERRUPTED },
  ] = await Promise.all([
    import('../open-store.ts'),
    import('../../activity/import/column-map.ts'),
    import('../../activity/import/import-log.ts'),
    import('../../activity/projections.ts'),
    import('../progress.ts'),
    import('../interruption.ts'),
  ]);
  await using source = await openSource(options.from, options.table);
  const columns = settleOrFail(await source.columns(), (names) =>
    settleColumns(options.columns, names, options.stream !== undefined),
  );
  await using store = await openForWork(flagsOf(options));
  const { config, engine, org, clock } = store;
  using interruption = listenForInterruption();
  using view = await progressView();
  const startedAt = clock.now();
  const report = await importLog(engine, org, source, projectionsOf(config.activity), clock, {
    columns,
    ...(options.stream === undefined ? {} : { stream: options.stream }),
    ...(options.again ? { again: true } : {}),
    signal: interruption.signal,
    onProgress: (done, total) => {
      const now = clock.now();
      const rate = now > startedAt ? (done / (now - startedAt)) * 1_000 : null;
      const endsAt = rate === null || rate === 0 ? null : now + ((total - done) / rate) * 1_000;
      view.show({ done, total, unit: 'rows', rate, endsAt, note: '' }, now);
    },
  });
  if (options.json) printJson(report);
  else {
    const refused = report.refusedCount === 0 ? '' : `, ${report.refusedCount} refused`;
    say(`${report.read} rows read: ${report.accepted} new events, ${report.duplicates} known already${refused}.`);
    for (const { key, reason } of report.refused) say(`  row ${key}: ${reason}`);
  }
  if (interruption.signal.aborted) process.exitCode = INTERRUPTED;
}

function settleOrFail<Value>(names: readonly string[], settle: (names: readonly string[]) => Value): Value {
  try {
    return settle(names);
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(error.message);
    throw error;
  }
}

async function openSource(from: string, table: string) {
  try {
    if (from.startsWith('sqlite:')) {
      const { sqliteRows } = await import('../../activity/import/sqlite-rows.ts');
      return sqliteRows(from.slice('sqlite:'.length), table);
    }
    if (/^postgres(ql)?:\/\//.test(from)) {
      const { postgresRows } = await import('../../activity/import/postgres-rows.ts');
      return await postgresRows(from, table);
    }
  } catch (error) {
    // The address may hold a password; the driver's words do not.
    throw new Failure(`the table cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new Failure('--from must be sqlite:FILE or postgres://…');
}
