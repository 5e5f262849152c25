import { BlobError } from '../blobs/blob-error.ts';
import { type Clock, HOUR, type Instant, MINUTE } from '../domain/time.ts';
import { laneOf } from '../history/memory.ts';
import { type JobHandler, JobPostponed } from '../jobs/runner.ts';
import type { Org } from '../store/catalog.ts';
import { type Engine, StoreUnavailable, type Writer } from '../store/engine.ts';
import { enqueueJob, type Job, type JobRequest } from '../store/jobs.ts';
import { openArchive } from './archive/open.ts';
import type { ArchiveSettings } from './archive/settings.ts';

export interface BackfillRequest {
  readonly from?: Instant;
  readonly to?: Instant;
  readonly retryFailed?: boolean;
}

/** The one job for a backfill: equal requests share it while it is live. */
export function backfillJob(name: string, { from, to, retryFailed }: BackfillRequest): JobRequest {
  const input = {
    archive: name,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(retryFailed ? { retryFailed } : {}),
  };
  return { kind: 'archive-backfill', key: `archive-backfill:${JSON.stringify(input)}`, lane: laneOf(name), input };
}

/** Queues a backfill, or returns the live one for the same range. */
export const requestBackfill = (
  writer: Writer,
  org: Org,
  name: string,
  request: BackfillRequest,
  now: Instant,
): Promise<{ job: Job; created: boolean }> => enqueueJob(writer, org.number, backfillJob(name, request), now);

export const tailJob = (name: string): JobRequest => ({
  kind: 'archive-tail',
  key: `archive-tail:${name}`,
  lane: laneOf(name),
  input: { archive: name },
});

export const recheckJob = (name: string): JobRequest => ({
  kind: 'archive-recheck',
  key: `archive-recheck:${name}`,
  lane: laneOf(name),
  input: { archive: name },
});

const FIRST_PAUSE = MINUTE;
const LONGEST_PAUSE = HOUR;

/** A backfill that trouble of the archive or the store ended goes on by itself, after growing pauses; nobody has to press the button again. */
function postpone(error: unknown, { attempts }: Job, clock: Clock): never {
  const passes = error instanceof StoreUnavailable || (error instanceof BlobError && error.retryable);
  if (!passes) throw error;
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE);
  throw new JobPostponed(error.message, clock.now() + pause, { cause: error });
}

/** What runs the jobs of all archives, by kind of job. */
export function archiveJobHandlers(
  engine: Engine,
  org: Org,
  archives: readonly ArchiveSettings[],
  configFile: string | null,
  clock: Clock,
): Readonly<Record<'archive-backfill' | 'archive-tail' | 'archive-recheck', JobHandler>> {
  const opened = async (job: Job) => {
    const settings = archives.find(({ name }) => name === job.input.archive);
    if (!settings) throw new Error(`the configuration in force has no archive ${String(job.input.archive)}`);
    const open = await openArchive(engine, org, settings, configFile, clock);
    const nextAttemptAt = (): Instant =>
      Math.floor(clock.now() / settings.tailEvery) * settings.tailEvery + settings.tailEvery;
    return { open, settings, nextAttemptAt };
  };
  return {
    'archive-backfill': async ({ job, signal, report }) => {
      const { open, settings, nextAttemptAt } = await opened(job);
      await using _closing = open;
      let tailedAt = clock.now();
      const shouldTail = (): boolean => {
        if (clock.now() - tailedAt < Math.max(settings.tailEvery, MINUTE)) return false;
        tailedAt = clock.now();
        return true;
      };
      const { from, to, retryFailed } = job.input as BackfillRequest;
      const range = {
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        retryFailed: retryFailed ?? false,
      };
      const options = { ...range, signal, progress: report, shouldTail, nextAttemptAt: nextAttemptAt() };
      return { ...(await open.archive.backfill(options).catch((error) => postpone(error, job, clock))) };
    },
    'archive-tail': async ({ job, signal, report }) => {
      const { open, nextAttemptAt } = await opened(job);
      await using _closing = open;
      return { ...(await open.archive.tail({ signal, progress: report, nextAttemptAt: nextAttemptAt() })) };
    },
    'archive-recheck': async ({ job, signal, report }) => {
      const { open } = await opened(job);
      await using _closing = open;
      return { ...(await open.archive.recheck({ signal, progress: report })) };
    },
  };
}
