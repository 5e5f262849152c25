import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { addTimeOptions, type TimeOptions } from '../time-options.ts';

interface BackfillOptions extends Flags, TimeOptions {
  readonly retryFailed?: boolean;
  readonly json?: boolean;
}

/**
 * How long the job is left to this process before a running server may take it: one that was started before the archive came into
 * the configuration would fail it.
 */
const HEAD_START = 5_000;

/** `varve backfill`: an archive becomes history. */
export function addBackfill(program: Command): void {
  const command = program
    .command('backfill')
    .description(
      'Read an archive into history and show how far it is. Objects that were read are never read again, so it may be ' +
        'interrupted and repeated. A running server takes the work over where this command leaves it.',
    )
    .argument('<archive>', 'name of an archive of the configuration');
  addTimeOptions(command)
    .option('--retry-failed', 'read objects again that failed before, although they did not change')
    .option('--json', 'print the job in the end as JSON')
    .action((archive: string, _options: unknown, self: Command) => backfill(archive, optionsOf<BackfillOptions>(self)));
  examples(
    command,
    ['varve backfill platform', 'all that was not read yet'],
    ['varve backfill platform --from 2026-11-01 --to 2026-12-01', 'one month'],
    ['varve backfill platform --retry-failed', 'also what failed before'],
  );
}

async function backfill(name: string, options: BackfillOptions): Promise<void> {
  const [
    { openForWork },
    { withInstants },
    { readOpenRange },
    { backfillJob },
    { enqueueJob },
    { knownArchive, workOff },
  ] = await Promise.all([
    import('../open-store.ts'),
    import('../local-times.ts'),
    import('../../http/question.ts'),
    import('../../sources/job-handlers.ts'),
    import('../../store/jobs.ts'),
    import('../work-off.ts'),
  ]);
  await using store = await openForWork(flagsOf(options));
  const { config, engine, org, clock } = store;
  await knownArchive(config, name);
  const range = readOpenRange(withInstants(options), clock.now());
  const now = clock.now();
  const request = backfillJob(name, { ...range, retryFailed: options.retryFailed ?? false });
  const { job, created } = await engine.write((writer) =>
    enqueueJob(writer, org.number, { ...request, runAt: now + HEAD_START }, now),
  );
  await workOff(store, job, { created, json: options.json ?? false });
}
