import { randomUUID } from 'node:crypto';
import { trimAccounts } from '../accounts/trim.ts';
import { buildProjections, projectionsOf } from '../activity/projections.ts';
import { loadConfig } from '../config.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts';
import { dropRaw } from '../history/retention.ts';
import { JobRunner } from '../jobs/runner.ts';
import { Schedule, type Task } from '../jobs/schedule.ts';
import { systemClock } from '../jobs/system-clock.ts';
import { createLogger } from '../logger.ts';
import { HOST_INTERVAL, type HostSample } from '../sources/host.ts';
import { archiveJobHandlers, recheckJob, tailJob } from '../sources/job-handlers.ts';
import { ensureOrg, ensureSource } from '../store/catalog.ts';
import { trimFeed } from '../store/feed.ts';
import { enqueueJob, type JobRequest, trimJobs } from '../store/jobs.ts';
import { openStore } from '../store/open.ts';
import { Freezing } from './freezing.ts';
import { HostWork } from './host-work.ts';
import { pushTasks } from './push-work.ts';
import type { WorkInput } from './supervisor.ts';
import { openWindowWork } from './window-work.ts';

/** How long the feed and ended jobs can be looked back at. */
const KEEP_FEED = 7 * DAY;
const KEEP_JOBS = 30 * DAY;
const KEEP_TAILS = 6 * HOUR;

export interface Work extends AsyncDisposable {
  landHostSample(sample: HostSample, at: Instant): void;
}

/** Everything that happens behind the reader's back: jobs, the schedule, this machine's measurements. */
export async function startWork({ flags, folder, store, published }: WorkInput): Promise<Work> {
  const clock = systemClock;
  const config = await loadConfig(flags, folder);
  const logger = createLogger(config.logLevel).child({ part: 'work' });
  const engine = await openStore(store);
  const { org, hostSource } = await engine.write(async ({ database }) => {
    const made = await ensureOrg(database, 'default', 'Default', clock.now());
    const source = {
      name: `host ${config.hostName}`,
      kind: 'host',
      interval: HOST_INTERVAL,
      location: config.hostName,
    };
    return { org: made, hostSource: config.hostSource ? await ensureSource(database, made.number, source) : undefined };
  });
  const host = hostSource && new HostWork(engine, org, hostSource, config.hostName, clock);

  const runner = new JobRunner({
    engine,
    org,
    clock,
    handlers: archiveJobHandlers(engine, org, config.archives, config.file, clock),
    owner: randomUUID(),
    onError: (error, job) => logger.error({ error: describe(error), job: job?.id, kind: job?.kind }, 'a job failed'),
  });
  const windows = await openWindowWork(engine, org, { ...config.windows, location: published }, clock, (error, what) =>
    logger.error({ error: describe(error) }, what),
  );
  const queue = (request: JobRequest) => async (): Promise<void> => {
    await engine.write((writer) => enqueueJob(writer, org.number, request, clock.now()));
  };
  const stopped = new AbortController();
  let building: Promise<void> = Promise.resolve();
  const tasks: Task[] = [
    ...windows.tasks,
    ...pushTasks(engine, config.push, clock),
    ...config.archives.flatMap((archive): Task[] => [
      { name: `tail ${archive.name}`, every: archive.tailEvery, run: queue(tailJob(archive.name)) },
      { name: `recheck ${archive.name}`, every: DAY, run: queue(recheckJob(archive.name)) },
    ]),
    {
      name: 'build activity',
      every: MINUTE,
      run: () => {
        building = buildProjections(engine, projectionsOf(config.activity), clock, stopped.signal);
        return building;
      },
    },
    {
      name: 'trim',
      every: HOUR,
      run: async () => {
        const now = clock.now();
        await engine.write(async ({ database }) => {
          await trimFeed(database, now - KEEP_FEED);
          await trimJobs(database, 'archive-tail', now - KEEP_TAILS);
          await trimJobs(database, undefined, now - KEEP_JOBS);
          await trimAccounts(database, now);
        });
      },
    },
    ...(hostSource
      ? [
          {
            name: `retain ${config.hostName}`,
            every: HOUR,
            run: async () => {
              await dropRaw(engine, org, hostSource, clock.now() - config.hostKeepRaw, clock);
            },
          },
        ]
      : []),
    ...(host ? [{ name: `close ${config.hostName}`, every: MINUTE, run: () => host.closeHours() }] : []),
  ];
  const schedule = new Schedule(engine, clock, tasks, (error, task) =>
    logger.error({ error: describe(error), task: task.name }, 'a scheduled task failed'),
  );
  const freezing = new Freezing(engine, clock, (error) =>
    logger.error({ error: describe(error) }, 'samples could not be rolled up'),
  );
  runner.start();
  await windows.start();

  let landing: Promise<void> = Promise.resolve();
  return {
    landHostSample: (sample, at) => {
      if (!host) return;
      landing = landing
        .then(() => host.land(sample, at))
        .catch((error) => logger.warn({ error: describe(error) }, 'a measurement was not kept'));
    },
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      schedule[Symbol.dispose]();
      await runner[Symbol.asyncDispose]();
      await windows[Symbol.asyncDispose]();
      await freezing[Symbol.asyncDispose]();
      await landing;
      await building.catch(() => {});
      await engine[Symbol.asyncDispose]();
    },
  };
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
