import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import type { Job } from '../../store/jobs.ts';
import { Failure } from '../failure.ts';
import { examples, flagsOf, optionsOf, wholeNumber } from '../options.ts';
import { print, printJson, say } from '../output.ts';

interface JobsOptions extends Flags {
  readonly live?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

/** Enough of an id to tell jobs apart. */
const SHORT_ID = 8;
const LOOKED_AT = 500;

/** `varve jobs`: work in the background. */
export function addJobs(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('List the newest jobs, newest first.')
    .option('--live', 'only jobs that wait or run')
    .option('--limit <number>', 'at most so many', wholeNumber(1, LOOKED_AT), 20)
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => list(optionsOf<JobsOptions>(self)));
  const cancel = jobs
    .command('cancel')
    .description('Cancel a job: at once while it waits, politely while it runs. What it has done stays.')
    .argument('<id>', 'its id, or as much of the beginning as no other job shares')
    .option('--json', 'print JSON')
    .action((id: string, _options: unknown, self: Command) => cancelNamed(id, optionsOf<JobsOptions>(self)));
  examples(jobs, ['varve jobs --live', 'what waits or runs'], ['varve jobs cancel 1f0c2d3e', 'stop one']);
  examples(cancel, ['varve jobs cancel 1f0c2d3e', 'the beginning of the id is enough']);
}

async function list(options: JobsOptions): Promise<void> {
  const [{ openForReading }, { listJobs }] = await Promise.all([
    import('../open-store.ts'),
    import('../../store/jobs.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { engine, org, clock } = store;
  const jobs = await listJobs(engine.reader, org.number, { live: options.live ?? false, limit: options.limit });
  if (options.json) {
    const { jobBody } = await import('../../http/bodies.ts');
    printJson({ jobs: jobs.map(jobBody) });
    return;
  }
  if (jobs.length === 0) {
    say(options.live ? 'No job waits or runs.' : 'There are no jobs.');
    return;
  }
  const [{ table }, { timeText }, { utc }, { progressText }] = await Promise.all([
    import('../text/table.ts'),
    import('../text/times.ts'),
    import('../../domain/zone.ts'),
    import('../progress.ts'),
  ]);
  const now = clock.now();
  const rows = jobs.map((job) => {
    const { id, kind, input, state, cancelRequested, createdAt, progress, error } = job;
    const shown = state === 'running' && cancelRequested ? 'stopping' : state;
    const news =
      error ??
      (progress ? progressText(state === 'running' ? progress : { ...progress, rate: null, endsAt: null }, now) : '');
    return [
      id.slice(0, SHORT_ID),
      kind,
      String(input.archive ?? ''),
      shown,
      timeText(Math.floor(createdAt / 1000) * 1000, utc),
      news,
    ];
  });
  const columns = ['id', 'kind', 'archive', 'state', 'since', ''].map((title) => ({ title }));
  print(table(columns, rows));
}

async function cancelNamed(text: string, options: JobsOptions): Promise<void> {
  const [{ openForReading }, { cancelJob, listJobs }, { jobBody }] = await Promise.all([
    import('../open-store.ts'),
    import('../../store/jobs.ts'),
    import('../../http/bodies.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { engine, org, clock } = store;
  const job = oneOf(await listJobs(engine.reader, org.number, { limit: LOOKED_AT }), text);
  const cancelled = await engine.write((writer) => cancelJob(writer, org.number, job.id, clock.now()));
  if (options.json) printJson(jobBody(cancelled ?? job));
  else print(outcomeText(job, cancelled ?? job));
}

function oneOf(jobs: readonly Job[], text: string): Job {
  const fitting = text === '' ? [] : jobs.filter(({ id }) => id.startsWith(text.toLowerCase()));
  const [job] = fitting;
  if (!job) throw new Failure(`there is no job ${JSON.stringify(text)}; varve jobs lists them`);
  if (fitting.length > 1) throw new Failure(`${fitting.length} jobs begin with ${text}; write more of the id`);
  return job;
}

function outcomeText(before: Job, after: Job): string {
  if (before.state === 'running') return `job ${after.id} was asked to stop`;
  return before.state === 'queued'
    ? `job ${after.id} is cancelled`
    : `job ${after.id} had ended already: ${after.state}`;
}
