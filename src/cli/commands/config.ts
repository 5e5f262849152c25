import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { print, printJson } from '../output.ts';

/** `varve config`: what the configuration says. */
export function addConfig(program: Command): void {
  const config = program.command('config').description('Show the configuration.');
  const show = config
    .command('show')
    .description(
      'Print every setting in force and where it came from: a flag, the environment, the file or the default.',
    )
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => showConfig(optionsOf<Flags & { json?: boolean }>(self)));
  examples(
    show,
    ['varve config show', 'what serve would run with'],
    ['varve config show --config next.config.ts', 'try a file'],
  );
}

async function showConfig(options: Flags & { json?: boolean }): Promise<void> {
  const [{ loadConfig }, { settingsTable }] = await Promise.all([
    import('../../config.ts'),
    import('../text/settings.ts'),
  ]);
  const { file, settings } = await loadConfig(flagsOf(options));
  if (options.json) printJson({ file, settings });
  else print(settingsTable(settings));
}
