import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { print, printJson, say } from '../output.ts';

/** `varve sources`: where data comes from and how fresh it is. */
export function addSources(program: Command): void {
  const command = program
    .command('sources')
    .description('List the sources: where data comes from and how fresh it is.')
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => list(optionsOf<Flags & { json?: boolean }>(self)));
  examples(command, ['varve sources', 'all of them']);
}

async function list(options: Flags & { json?: boolean }): Promise<void> {
  const [{ openForReading }, { History }, { sourceBody }, { table }] = await Promise.all([
    import('../open-store.ts'),
    import('../../history/history.ts'),
    import('../../http/bodies.ts'),
    import('../text/table.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { engine, org, clock } = store;
  const known = await new History(engine, clock).sources(org.number);
  const sources = known.map((knowledge) => sourceBody(knowledge, clock.now()));
  if (options.json) {
    printJson({ sources });
    return;
  }
  if (sources.length === 0) {
    say('There are no sources yet.');
    return;
  }
  const columns = [{ title: 'source' }, { title: 'kind' }, { title: 'state' }, { title: '' }];
  print(
    table(
      columns,
      sources.map(({ name, kind, refresh, text }) => [name, kind, refresh.state, text]),
    ),
  );
  for (const { name, refresh } of sources) {
    if (refresh.state === 'failing') say(`${name}: ${refresh.lastError}`);
  }
}
