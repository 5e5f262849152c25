import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { print, printJson } from '../output.ts';

type DoctorOptions = Flags & { readonly json?: boolean };

/** `varve doctor`: what is wrong, and what mends it. */
export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Check the configuration, the store, the archives, the port, the disk and the clock, and say what mends them. Changes nothing. ' +
        'Ends with 1 when anything fails.',
    )
    .option('--port <number>', 'port to check, as for serve')
    .option('--host <address>', 'address to check, as for serve')
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => doctor(optionsOf<DoctorOptions>(self)));
  examples(
    command,
    ['varve doctor', 'with the settings that serve would have'],
    ['varve doctor --json', 'for a monitor'],
  );
}

async function doctor(options: DoctorOptions): Promise<void> {
  const [
    { checkConfiguration },
    { checkDisk, checkFolder, checkNode },
    { checkStore },
    { checkArchive },
    { checkServer },
  ] = await Promise.all([
    import('../doctor/configuration.ts'),
    import('../doctor/machine.ts'),
    import('../doctor/store.ts'),
    import('../doctor/archive.ts'),
    import('../doctor/server.ts'),
  ]);
  const { config, findings } = await checkConfiguration(flagsOf(options));
  findings.unshift(checkNode());
  if (config) {
    const checks = [
      checkFolder(config.data),
      checkDisk(config.data),
      checkStore(config.store, Date.now()),
      checkServer(config),
      ...config.archives.map(checkArchive),
    ];
    findings.push(...(await Promise.all(checks)).flat());
  }
  const failed = findings.some(({ state }) => state === 'fail');
  const settings = config?.settings ?? [];
  if (options.json) printJson({ ok: !failed, findings, settings });
  else {
    const [{ findingsText }, { settingsTable }] = await Promise.all([
      import('../text/findings.ts'),
      import('../text/settings.ts'),
    ]);
    print(findingsText(findings));
    if (settings.length > 0) print(`\n${settingsTable(settings)}`);
  }
  if (failed) process.exitCode = 1;
}
