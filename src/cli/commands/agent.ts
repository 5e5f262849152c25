import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Flags } from '../../config.ts';
import { parseDuration } from '../../domain/time.ts';
import { parseBytes } from '../byte-size.ts';
import { examples, optionsOf } from '../options.ts';
import { FORMAT_CHOICES, PRECISION_CHOICES } from '../push-options.ts';

export interface AgentOptions extends Flags {
  readonly command?: string;
  readonly every: number;
  readonly timeout?: number;
  readonly watch?: string;
  readonly stdin?: boolean;
  readonly format: string;
  readonly precision?: string;
  readonly metric?: string;
  readonly device?: string;
  readonly server?: string;
  readonly spool: string;
  readonly spoolLimit: number;
  readonly fallback?: string;
  readonly fallbackAfter: number;
  readonly fallbackEndpoint?: string;
  readonly fallbackRegion?: string;
  readonly org: string;
}

/** `varve agent`: collects readings on a small device and pushes them, through outages and restarts. */
export function addAgent(program: Command): void {
  const command = program
    .command('agent')
    .description(
      'Collect readings on a small device and push them to a Varve server, in order and each once. Readings are written to the spool before ' +
        'anything is sent: outages of hours, restarts and losses of power lose none. Runs until stopped.',
    )
    .addOption(new Option('--command <line>', 'shell command whose output is readings').conflicts(['watch', 'stdin']))
    .option('--every <length>', 'how often the command runs', lengthOf, 10_000)
    .option('--timeout <length>', 'longest run of the command (as --every, at most 60s)', lengthOf)
    .addOption(new Option('--watch <file>', 'file whose appended lines are readings').conflicts(['command', 'stdin']))
    .addOption(new Option('--stdin', 'lines of standard input are readings').conflicts(['command', 'watch']))
    .addOption(new Option('--format <name>', 'what readings are written in').choices(FORMAT_CHOICES).default('auto'))
    .addOption(
      new Option('--precision <unit>', 'unit of their stamps (ns for line, else ms)').choices(PRECISION_CHOICES),
    )
    .option('--metric <name>', 'metric of readings that name none')
    .option('--device <name>', 'name of this device (the host name)')
    .option('--server <url>', 'where to push (VARVE_SERVER; the server on this machine)')
    .option('--spool <folder>', 'where readings wait until the server has them', './spool')
    .option(
      '--spool-limit <size>',
      'largest size of what waits; the oldest goes when it is full',
      parseBytes,
      256 * 1024 ** 2,
    )
    .option('--fallback <location>', 'folder or s3://… for windows of our own while the server fails')
    .option('--fallback-after <length>', 'how long it must have failed', lengthOf, 600_000)
    .option('--fallback-endpoint <url>', 'S3 server other than Amazon’s')
    .option('--fallback-region <name>', 'its region')
    .option('--org <id>', 'org of the series, for their ids in --fallback', 'default')
    .action(async (_options: unknown, self: Command) => {
      const { runAgent } = await import('../run-agent.ts');
      await runAgent(optionsOf<AgentOptions>(self));
    });
  examples(
    command,
    ["varve agent --command 'vcgencmd measure_temp | tr -dc 0-9.' --metric cpu.temperature", 'a number every 10 s'],
    ['varve agent --watch /var/log/weather.csv --server http://varve.local:7357', 'lines appended to a file'],
    ['./read-sensor | varve agent --stdin --spool /var/lib/varve-agent', 'lines of a program'],
    ['varve agent status --spool /var/lib/varve-agent', 'what waits, and why'],
  );
  const status = command
    .command('status')
    .description('Show what waits in a spool, since when, and what went wrong.')
    .option('--spool <folder>', 'the spool to look into', './spool')
    .option('--json', 'print it for programs')
    .action(async (_options: unknown, self: Command) => {
      const { showAgentStatus } = await import('../agent-status.ts');
      showAgentStatus(optionsOf<{ spool: string; json?: boolean }>(self));
    });
  examples(status, ['varve agent status --spool /var/lib/varve-agent', 'also while the agent runs']);
}

function lengthOf(text: string): number {
  const length = parseDuration(text);
  if (length !== undefined && length >= 100) return length;
  throw new InvalidArgumentError('It must be a length of at least 100ms, such as 10s, 5m or 1h.');
}
