import { type Command, Option } from 'commander';
import type { Flags } from '../../config.ts';
import { examples, optionsOf } from '../options.ts';
import { FORMAT_CHOICES, PRECISION_CHOICES } from '../push-options.ts';

export interface PushOptions extends Flags {
  readonly format: (typeof FORMAT_CHOICES)[number];
  readonly device?: string;
  readonly metric?: string;
  readonly precision?: (typeof PRECISION_CHOICES)[number];
  readonly server?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `varve push`: samples of a file go to a server. */
export function addPush(program: Command): void {
  const command = program
    .command('push')
    .description(
      'Send samples to a Varve server from a file or standard input: CSV whose first row names the columns, JSON, one JSON sample a line, or ' +
        'InfluxDB line protocol; packed with gzip or not. The same samples again change nothing, so an interrupted push is simply repeated.',
    )
    .argument('[file]', 'file of samples; standard input when left out or -')
    .addOption(
      new Option('--format <name>', 'what it is written in; by ending or first bytes')
        .choices(FORMAT_CHOICES)
        .default('auto'),
    )
    .option('--device <name>', 'names the sender of all samples; else their label device')
    .option('--metric <name>', 'metric of samples that name none')
    .addOption(new Option('--precision <unit>', 'unit of stamps (ns for line, else ms)').choices(PRECISION_CHOICES))
    .option('--server <url>', 'where to push (VARVE_SERVER; the server on this machine)')
    .option('--dry-run', 'only read the samples and say what is wrong with them')
    .option('--json', 'print the report as JSON')
    .action(async (file: string | undefined, _options: unknown, self: Command) => {
      const { push } = await import('../push/push.ts');
      await push(file, optionsOf<PushOptions>(self));
    });
  examples(
    command,
    ['varve push readings.csv --device pi-1', 'columns timestamp, temperature, humidity'],
    ['varve push year.ndjson.gz --server http://varve.local:7357', 'packed, to another machine'],
    ['influx_inspect export … | varve push --format line', 'what another database holds'],
    ['varve push readings.csv --dry-run', 'what would be rejected, and why'],
  );
}
