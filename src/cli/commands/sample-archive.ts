import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { type BlobLocation, formatLocation, parseLocation } from '../../blobs/location.ts';
import type { Config, Flags } from '../../config.ts';
import { DAY } from '../../domain/time.ts';
import { UsageError } from '../failure.ts';
import { INTERRUPTED, listenForInterruption } from '../interruption.ts';
import { examples, flagsOf, optionsOf, wholeNumber } from '../options.ts';
import { print, printJson, say } from '../output.ts';

interface SampleOptions extends Flags {
  readonly days: number;
  readonly streams: number;
  readonly to?: string;
  readonly seed: number;
  readonly gzip?: boolean;
  readonly writeConfig?: boolean;
  readonly json?: boolean;
}

const NAME = 'sample';
const MOST_DAYS = 3_660;
const MOST_STREAMS = 100_000;
/** As the generator has them; said here so that the help loads nothing. */
const DEFAULT_STREAMS = 200;
const DEFAULT_SEED = 7357;

/** `varve sample-archive`: something to try Varve with. */
export function addSampleArchive(program: Command): void {
  const command = program
    .command('sample-archive')
    .description(
      'Write a simulated archive of platform snapshots, a minute apart and ending now, labelled as simulated, with the flaws of real ' +
        'ones: gaps, a corrupt object and a late one. Says how to configure it.',
    )
    .option('--days <number>', 'how far back it goes', wholeNumber(1, MOST_DAYS), 30)
    .option('--streams <number>', 'streams live at a time, on average', wholeNumber(1, MOST_STREAMS), DEFAULT_STREAMS)
    .option('--to <location>', 'a folder or s3://bucket/prefix; "sample" among the blobs when left out')
    .option('--seed <number>', 'equal seeds write equal archives', wholeNumber(0, 2 ** 31 - 1), DEFAULT_SEED)
    .option('--gzip', 'pack each object')
    .option('--write-config', 'write varve.config.ts where there is none')
    .option('--json', 'print what was written as JSON')
    .action((_options: unknown, self: Command) => sampleArchive(optionsOf<SampleOptions>(self)));
  examples(
    command,
    ['varve sample-archive --days 3 --write-config', 'three days, ready for varve backfill sample'],
    ['varve sample-archive --to ./snapshots --gzip', '30 days in a folder of your choice, packed'],
    ['varve sample-archive --days 1 --to s3://bucket/demo', 'into a bucket'],
  );
}

async function sampleArchive(options: SampleOptions): Promise<void> {
  const [{ loadConfig }, { openBlobs }, generator, { KeyTemplate }] = await Promise.all([
    import('../../config.ts'),
    import('../../blobs/open.ts'),
    import('../../sources/sample/archive.ts'),
    import('../../sources/archive/key-template.ts'),
  ]);
  const config = await loadConfig(flagsOf(options));
  const target = options.to ?? `${config.blobs.replace(/\/+$/, '')}/${NAME}`;
  const configFile = resolve(process.cwd(), 'varve.config.ts');
  if (options.writeConfig && existsSync(configFile)) {
    throw new UsageError(`${configFile} is there already; leave out --write-config to be shown what to add`);
  }
  const location = locationOf(() => parseLocation(target, process.cwd()));
  const key = options.gzip ? `${generator.SAMPLE_KEY}.gz` : generator.SAMPLE_KEY;
  const blobs = await openBlobs(location);
  await blobs.check('write');
  const to = Date.now();
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const report = await writeShown(generator, blobs, {
    signal,
    seed: options.seed,
    streams: options.streams,
    key: new KeyTemplate(key),
    range: { from: to - options.days * DAY, to },
    gzip: options.gzip ?? false,
    writeLate: true,
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  blobs.close();
  if (!report) {
    say('stopped; the objects written so far stay');
    process.exitCode = INTERRUPTED;
    return;
  }

  const where = formatLocation(location);
  const archive = {
    name: nameFor(where, config),
    location: fromHere(where, location),
    key,
    extract: 'platform-snapshot',
  };
  if (options.json) {
    const { objects, bytes, gaps, corrupt, late } = report;
    printJson({ archive, objects, bytes, gaps, corrupt, late: late?.key ?? null });
  } else {
    const { bytesText, count } = await import('../text/numbers.ts');
    print(`wrote ${count(report.objects, 'object')} (${bytesText(report.bytes)}) to ${where}, all simulated`);
    print(
      `with ${count(report.gaps.length, 'gap')}, a corrupt object ${report.corrupt} and a late one ${report.late?.key}`,
    );
  }
  await explainUse(config, archive, options.writeConfig ? configFile : undefined);
}

function locationOf(parse: () => BlobLocation): BlobLocation {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`--to: ${(error as Error).message}`);
  }
}

type Generator = typeof import('../../sources/sample/archive.ts');
type Written = Awaited<ReturnType<Generator['writeSampleArchive']>>;

async function writeShown(
  { writeSampleArchive }: Generator,
  blobs: Parameters<Generator['writeSampleArchive']>[0],
  request: Parameters<Generator['writeSampleArchive']>[1],
): Promise<Written> {
  const [{ ProgressMeter }, { progressView }, { systemClock }] = await Promise.all([
    import('../../jobs/progress.ts'),
    import('../progress.ts'),
    import('../../jobs/system-clock.ts'),
  ]);
  const meter = new ProgressMeter(systemClock, 'minutes');
  using view = await progressView();
  let shownAt = 0;
  // Awaited here, or the view would close before the first object is written.
  return await writeSampleArchive(blobs, {
    ...request,
    progress: (done, total) => {
      const now = systemClock.now();
      // Measuring costs more than a glance at the clock.
      if (now - shownAt < 100 && done < total) return;
      shownAt = now;
      view.show(meter.measure(done, total, ''), now);
    },
  });
}
type ArchiveLines = {
  readonly name: string;
  readonly location: string;
  readonly key: string;
  readonly extract: string;
};

/** The name under which the configuration has this location already, or one that it does not have yet. */
function nameFor(where: string, { archives }: Config): string {
  const same = archives.find(({ location }) => formatLocation(location) === where);
  if (same) return same.name;
  const taken = new Set(archives.map(({ name }) => name));
  let name = NAME;
  for (let number = 2; taken.has(name); number++) name = `${NAME}-${number}`;
  return name;
}

/** How a configuration file in this folder names a location. */
function fromHere(where: string, location: BlobLocation): string {
  const below = location.kind === 'folder' ? relative(process.cwd(), where) : '..';
  return below.startsWith('..') || isAbsolute(below) ? where : `./${below.split(sep).join('/')}`;
}

async function explainUse(config: Config, archive: ArchiveLines, writeTo: string | undefined): Promise<void> {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const fields = Object.entries(archive).map(([name, value]) => `${name}: ${quote(value)}`);
  const line = `{ ${fields.join(', ')} },`;
  const file = `import { defineConfig } from 'varve';

export default defineConfig({
  archives: [
    ${line}
  ],
});
`;
  const next = `then: varve backfill ${archive.name}`;
  if (writeTo !== undefined) {
    await writeFile(writeTo, file, { flag: 'wx' });
    say(`wrote ${writeTo}; ${next}`);
  } else if (config.file === null) {
    say(`to use it, write varve.config.ts (--write-config does):\n\n${file}\n${next}`);
  } else if (config.archives.some(({ name }) => name === archive.name)) {
    say(`${config.file} has it already; ${next}`);
  } else {
    say(`add to the archives of ${config.file}:\n\n  ${line}\n\n${next}`);
  }
}
