import { randomUUID } from 'node:crypto';
import { openBlobs } from '../blobs/open.ts';
import { RetryingBlobs, type RetryPolicy } from '../blobs/retry.ts';
import { type Clock, HOUR, MINUTE, SECOND } from '../domain/time.ts';
import { History } from '../history/history.ts';
import { JobRunner } from '../jobs/runner.ts';
import type { Task } from '../jobs/schedule.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { trimFeed } from '../store/feed.ts';
import { trimJobs } from '../store/jobs.ts';
import { Publisher } from '../windows/publisher.ts';
import { REFRESH_KIND, refreshHandler } from '../windows/refresh-job.ts';
import { sweep } from '../windows/sweep.ts';
import type { WindowsSettings } from '../windows/windows-config.ts';

/** A build that waits longer than this for an object store has failed, and is tried again by the publisher's own pauses. */
const PATIENCE: RetryPolicy = { attempts: 3, attemptTimeout: 10 * SECOND, firstWait: 200, longestWait: 2 * SECOND };
const MEMORY_LIMIT = 48 * 1024 * 1024;
const SWEEP_EVERY = 10 * MINUTE;
/** Each tells only that a newer version came; there is one every few seconds for each series that is alive. */
const KEEP_EVENTS = 6 * HOUR;
const KEEP_REFRESHES = 6 * HOUR;
const REFRESHES_AT_ONCE = 8;
const TELL_EVERY = 100;

export interface WindowWork extends AsyncDisposable {
  readonly tasks: readonly Task[];
  start(): Promise<void>;
}

/** Publishes the windows of all orgs and runs the refreshes that their readers ask for. They have a runner of their own: no backfill keeps them waiting. */
export async function openWindowWork(
  engine: Engine,
  org: Org,
  settings: WindowsSettings,
  clock: Clock,
  onError: (error: unknown, what: string) => void,
): Promise<WindowWork> {
  const blobs = new RetryingBlobs(await openBlobs(settings.location), clock, PATIENCE);
  const history = new History(engine, clock, MEMORY_LIMIT);
  const owner = randomUUID();
  const publisher = new Publisher({
    engine,
    history,
    blobs,
    clock,
    owner,
    settings,
    onError: (error) => onError(error, 'a window could not be published'),
  });
  const runner = new JobRunner({
    engine,
    org,
    clock,
    owner,
    handlers: { [REFRESH_KIND]: refreshHandler(publisher) },
    atOnce: REFRESHES_AT_ONCE,
    tellEvery: TELL_EVERY,
    onError: (error) => onError(error, 'a refresh failed'),
  });
  return {
    tasks: [
      {
        name: 'sweep windows',
        every: SWEEP_EVERY,
        run: async () => {
          const now = clock.now();
          await sweep(blobs, settings.keepVersions, now);
          await engine.write(async ({ database }) => {
            await trimFeed(database, now - KEEP_EVENTS, 'window');
            await trimJobs(database, REFRESH_KIND, now - KEEP_REFRESHES);
          });
        },
      },
    ],
    start: async () => {
      await publisher.start();
      runner.start();
    },
    [Symbol.asyncDispose]: async () => {
      await runner[Symbol.asyncDispose]();
      await publisher[Symbol.asyncDispose]();
      blobs.close();
    },
  };
}
