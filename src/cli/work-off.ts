import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { toIso } from '../domain/time.ts';
import { jobBody } from '../http/bodies.ts';
import { JobRunner } from '../jobs/runner.ts';
import { archiveJobHandlers } from '../sources/job-handlers.ts';
import { findJob, type Job } from '../store/jobs.ts';
import { Failure, UsageError } from './failure.ts';
import { INTERRUPTED, listenForInterruption } from './interruption.ts';
import type { OpenStore } from './open-store.ts';
import { print, printJson, say } from './output.ts';
import { progressView } from './progress.ts';
import { oneLine } from './text/printable.ts';

/** How often the job is looked at. */
const LOOK_EVERY = 500;

/** Refuses the name of an archive that the configuration does not have, and names those it has. */
export async function knownArchive({ archives, file }: Config, name: string): Promise<void> {
  if (archives.some((archive) => archive.name === name)) return;
  const { unknownArchive } = await import('../http/routes/sources.ts');
  const where = file ?? 'no configuration file was found; --config names one';
  throw new UsageError(
    `${unknownArchive(
      name,
      archives.map((archive) => archive.name),
    )} (${where})`,
  );
}

/**
 * Runs a job in this process, unless another one has it, and shows its progress to the end either way. When the process that has it
 * dies, this one takes the job up. An interruption gives it back to the queue.
 */
export async function workOff(store: OpenStore, queued: Job, told: { created: boolean; json: boolean }): Promise<void> {
  const { engine, org } = store;
  using interruption = listenForInterruption();
  say(told.created ? `job ${queued.id}` : `this is under way already as job ${queued.id}`);
  const wasOurs = await follow(store, queued, interruption.signal);
  const job = await findJob(engine.reader, org.number, queued.id);
  if (!job) throw new Failure(`job ${queued.id} was forgotten; varve jobs lists those there are`);
  if (job.finishedAt !== null) {
    report(job, told.json);
    return;
  }
  process.exitCode = INTERRUPTED;
  say(
    wasOurs
      ? `stopped; job ${job.id} went back to the queue. A running server goes on with it; so does the same command, without reading anything twice. varve jobs cancel ${job.id} gives it up`
      : `job ${job.id} goes on without this command; varve jobs shows it, varve jobs cancel ${job.id} stops it`,
  );
}

/** Returns when the job has ended or `signal` was aborted; then says whether it was running in this process. */
async function follow(store: OpenStore, { id }: Job, signal: AbortSignal): Promise<boolean> {
  const { config, engine, org, clock } = store;
  await using runner = new JobRunner({
    engine,
    org,
    clock,
    handlers: archiveJobHandlers(engine, org, config.archives, config.file, clock),
    owner: randomUUID(),
    // What a job fails of stands in the job itself.
    onError: (error, job) => job ?? say(`varve: ${(error as Error).message}`),
  });
  let running = false;
  let refused = false;
  const take = async (): Promise<void> => {
    running = true;
    try {
      refused = !(await runner.runNow(id));
    } catch (error) {
      say(`varve: ${(error as Error).message}`);
    } finally {
      running = false;
    }
  };
  using view = await progressView();
  let toldWaiting = false;
  let toldPostponed = false;
  while (!signal.aborted) {
    const job = await findJob(engine.reader, org.number, id);
    if (job?.progress) view.show(job.progress, clock.now());
    if (!job || job.finishedAt !== null) return running;
    const isPostponed = job.state === 'queued' && job.error !== null && job.runAt > clock.now();
    if (isPostponed && !toldPostponed) say(`${oneLine(job.error ?? '')}; next try ${toIso(job.runAt)}`);
    toldPostponed = isPostponed;
    const isFree =
      (job.state === 'queued' && !isPostponed) || (job.leaseUntil ?? Number.POSITIVE_INFINITY) < clock.now();
    if (refused && job.state === 'queued' && !toldWaiting) {
      toldWaiting = true;
      say('waiting for another job that reads this archive');
    }
    if (isFree && !running) void take();
    await delay(LOOK_EVERY, undefined, { signal }).catch(() => {});
  }
  if (running) say('stopping after what is being read; once more stops at once');
  return running;
}

function report(job: Job, json: boolean): void {
  if (json) printJson(jobBody(job));
  if (job.state === 'failed') throw new Failure(`job ${job.id} failed: ${oneLine(job.error ?? 'no reason known')}`);
  if (job.state === 'cancelled') throw new Failure(`job ${job.id} was cancelled; what it had read stays`);
  if (!json) print(resultText(job));
}

/** `read 1438 objects, 2 failed, 287600 samples`. */
function resultText({ result }: Job): string {
  const { listed = 0, read = 0, failed = 0, rejectedRows = 0, samples = 0 } = (result ?? {}) as Record<string, number>;
  const parts = [
    `${read} of ${listed} objects read now`,
    `${samples} samples`,
    ...(failed > 0 ? [`${failed} failed (varve coverage says why; --retry-failed reads them again)`] : []),
    ...(rejectedRows > 0 ? [`${rejectedRows} rows left out`] : []),
  ];
  return `done: ${parts.join(', ')}`;
}
