import { type Command, Option } from 'commander';
import type { Flags } from '../../config.ts';
import { Failure } from '../failure.ts';
import { examples, flagsOf, optionsOf, wholeNumber } from '../options.ts';
import { print, printJson, say } from '../output.ts';
import { addTimeOptions, type TimeOptions } from '../time-options.ts';

interface LogsOptions extends Flags, TimeOptions {
  readonly type?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly limit: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `varve logs`: events of a log, or which logs there are. */
export function addLogs(program: Command): void {
  const command = program
    .command('logs')
    .description('Show the newest events of a log; without a name, the logs there are.')
    .argument('[stream]', 'the log, e.g. the id of a guild')
    .option('--type <type>', 'only events of this type')
    .option('--actor <id>', 'only what this one did')
    .option('--subject <id>', 'only what was done to this one');
  addTimeOptions(command)
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 50)
    .option('--json', 'print JSON')
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .action((stream: string | undefined, _options: unknown, self: Command) =>
      logs(stream, optionsOf<LogsOptions>(self)),
    );
  examples(
    command,
    ['varve logs', 'the logs there are'],
    ['varve logs 896070888594759740 --type accept --limit 10', 'the last ten that were accepted'],
  );
}

async function logs(name: string | undefined, options: LogsOptions): Promise<void> {
  const [
    { openForReading },
    { findEvents, findEventStream, listEventStreams },
    { withInstants },
    { readOpenRange },
    { table },
    { toIso },
  ] = await Promise.all([
    import('../open-store.ts'),
    import('../../store/event-log.ts'),
    import('../local-times.ts'),
    import('../../http/question.ts'),
    import('../text/table.ts'),
    import('../../domain/time.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { engine, org, clock } = store;
  if (name === undefined) {
    const streams = await listEventStreams(engine.reader, org.number);
    const rows = streams.map(({ name: stream, lastSeq, firstAt, lastAt }) => [
      stream,
      String(lastSeq),
      firstAt === null ? '' : toIso(firstAt),
      lastAt === null ? '' : toIso(lastAt),
    ]);
    const columns = [{ title: 'log' }, { title: 'events', right: true }, { title: 'first' }, { title: 'last' }];
    if (options.json) printJson({ streams });
    else if (rows.length > 0) print(table(columns, rows));
    else say('There are no logs yet; write events to /api/logs, or use varve import-log.');
    return;
  }
  const stream = await findEventStream(engine.reader, org.number, name);
  if (!stream) throw new Failure(`there is no log named ${JSON.stringify(name)}; varve logs lists them`);
  const { type, actor, subject, limit } = options;
  const events = await findEvents(engine.reader, stream.number, {
    ...readOpenRange(withInstants(options), clock.now()),
    ...(type === undefined ? {} : { type }),
    ...(actor === undefined ? {} : { actor }),
    ...(subject === undefined ? {} : { subject }),
    upTo: stream.lastSeq,
    limit,
  });
  if (options.json) {
    const { eventBody } = await import('../../activity/event-body.ts');
    printJson({ items: events.map((event) => eventBody(event, name)) });
    return;
  }
  const rows = events.map((event) => [
    toIso(event.at),
    event.type,
    event.actor ?? '',
    event.subject ?? '',
    event.attributes === '{}' ? '' : event.attributes,
  ]);
  const titles = ['time', 'type', 'actor', 'subject', 'attributes'];
  if (options.csv) {
    const { csv } = await import('../../domain/csv.ts');
    print(csv([titles, ...rows]));
  } else if (rows.length > 0) {
    print(table([...titles.slice(0, 4).map((title) => ({ title })), { title: 'attributes', widest: 60 }], rows));
  } else say('No event fits.');
}
