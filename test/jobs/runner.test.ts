import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { type JobContext, JobPostponed, JobRunner, JobStopped } from '../../src/jobs/runner.ts';
import { Schedule } from '../../src/jobs/schedule.ts';
import { ensureOrg, type Org } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { cancelJob, enqueueJob, findJob, type Job, type JobProgress, type JobRequest } from '../../src/store/jobs.ts';
import { ManualClock } from '../support/clock.ts';
import { onEachEngine } from '../support/engines.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const progress = (done: number): JobProgress => ({
  done,
  total: 10,
  unit: 'objects',
  rate: null,
  endsAt: null,
  note: '',
});
let kinds = 0;

onEachEngine((store) => {
  const prepare = async () => {
    const { engine } = store();
    const org = await engine.write(({ database }) => ensureOrg(database, 'default', 'Default', NOW));
    return { engine, org, clock: new ManualClock(NOW), kind: `kind-${kinds++}` };
  };
  const enqueue = (engine: Engine, org: Org, kind: string, over: Partial<JobRequest> = {}) =>
    engine
      .write((writer) =>
        enqueueJob(writer, org.number, { kind, key: kind, lane: kind, input: { of: kind }, ...over }, NOW),
      )
      .then(({ job }) => job);
  /** Resolves at the commit after which a job is in a state. */
  const reached = (engine: Engine, org: Org, id: string, state: Job['state']): Promise<Job> =>
    new Promise((resolve, reject) => {
      const look = () =>
        findJob(engine.reader, org.number, id).then((job) => {
          if (job?.state === state) resolve(job);
        }, reject);
      engine.onCommit(look);
      void look();
    });

  const runnerOf = (
    engine: Engine,
    org: Org,
    clock: ManualClock,
    kind: string,
    handler: (context: JobContext) => Promise<Record<string, unknown>>,
    owner = 'a',
  ) => new JobRunner({ engine, org, clock, owner, handlers: { [kind]: handler }, onError: () => {} });

  test('a queued job runs to its end with progress and result', async () => {
    const { engine, org, clock, kind } = await prepare();
    await using runner = runnerOf(engine, org, clock, kind, async ({ job, report }) => {
      report(progress(7));
      return { saw: job.input.of };
    });
    runner.start();
    const { id } = await enqueue(engine, org, kind);
    const ended = await reached(engine, org, id, 'succeeded');
    expect(ended).toMatchObject({ result: { saw: kind }, progress: { done: 7 }, finishedAt: NOW });
  });

  test('a job that throws fails with the reason and the runner goes on', async () => {
    const { engine, org, clock, kind } = await prepare();
    await using runner = runnerOf(engine, org, clock, kind, async ({ job }) => {
      if (job.key === 'bad') throw new Error('S3 answered 403 AccessDenied for s3://bucket');
      return {};
    });
    runner.start();
    const bad = await enqueue(engine, org, kind, { key: 'bad' });
    expect((await reached(engine, org, bad.id, 'failed')).error).toContain('403 AccessDenied');
    const good = await enqueue(engine, org, kind, { key: 'good' });
    await reached(engine, org, good.id, 'succeeded');
  });

  test('a postponed job waits for its time with the reason, and then goes on', async () => {
    const { engine, org, clock, kind } = await prepare();
    let isDown = true;
    await using runner = runnerOf(engine, org, clock, kind, async () => {
      if (isDown) throw new JobPostponed('S3 answered 503 SlowDown', NOW + MINUTE);
      return { read: 7 };
    });
    runner.start();
    const { id } = await enqueue(engine, org, kind);
    await expect
      .poll(() => findJob(engine.reader, org.number, id))
      .toMatchObject({ state: 'queued', error: 'S3 answered 503 SlowDown', runAt: NOW + MINUTE, attempts: 1 });
    isDown = false;
    const stateOneSecondLater = async () => {
      clock.advance(SECOND);
      return (await findJob(engine.reader, org.number, id))?.state;
    };
    await expect.poll(stateOneSecondLater, { timeout: 20_000, interval: 5 }).toBe('succeeded');
    expect(clock.now()).toBeGreaterThanOrEqual(NOW + MINUTE);
    expect(await findJob(engine.reader, org.number, id)).toMatchObject({
      attempts: 2,
      error: null,
      result: { read: 7 },
    });
  });

  test('a running job that is cancelled stops', async () => {
    const { engine, org, clock, kind } = await prepare();
    let started = () => {};
    const running = new Promise<void>((resolve) => (started = resolve));
    await using runner = runnerOf(
      engine,
      org,
      clock,
      kind,
      ({ signal }) =>
        new Promise((_, reject) => {
          started();
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    runner.start();
    const { id } = await enqueue(engine, org, kind);
    await running;
    await engine.write((writer) => cancelJob(writer, org.number, id, clock.now()));
    clock.advance(SECOND);
    await reached(engine, org, id, 'cancelled');
  });

  test('a runner that stops gives its job back, and another takes it up', async () => {
    const { engine, org, clock, kind } = await prepare();
    let begun = () => {};
    const running = new Promise<void>((resolve) => (begun = resolve));
    const first = runnerOf(
      engine,
      org,
      clock,
      kind,
      ({ signal }) =>
        new Promise((_, reject) => {
          begun();
          signal.addEventListener('abort', () =>
            reject(signal.reason instanceof JobStopped ? signal.reason : new Error('unexpected')),
          );
        }),
      'first',
    );
    first.start();
    const { id } = await enqueue(engine, org, kind);
    await running;
    await first[Symbol.asyncDispose]();
    expect(await findJob(engine.reader, org.number, id)).toMatchObject({ state: 'queued' });
    await using second = runnerOf(engine, org, clock, kind, async () => ({ by: 'second' }), 'second');
    expect(await second.runNow(id)).toBe(true);
    expect(await findJob(engine.reader, org.number, id)).toMatchObject({
      state: 'succeeded',
      attempts: 2,
      result: { by: 'second' },
    });
  });

  test('a schedule runs each slot once over two processes, and a held-up one neither loses nor repeats', async () => {
    const { engine, org, kind } = await prepare();
    expect(org.id).toBe('default');
    const other = await store().reopen();
    const clocks = [new ManualClock(NOW), new ManualClock(NOW)] as const;
    const runs: number[] = [];
    let ran = () => {};
    const task = (clock: ManualClock) => ({
      name: kind,
      every: 5 * MINUTE,
      run: async () => {
        runs.push(clock.now());
        ran();
      },
    });
    const next = () => new Promise<void>((resolve) => (ran = resolve));
    const first = next();
    using _one = new Schedule(engine, clocks[0], [task(clocks[0])], (error) => expect.fail(String(error)));
    using _two = new Schedule(other, clocks[1], [task(clocks[1])], (error) => expect.fail(String(error)));
    await first;
    await expect.poll(() => [clocks[0].waiting, clocks[1].waiting]).toEqual([1, 1]);
    expect(runs).toEqual([NOW]);
    const second = next();
    clocks[0].advance(5 * MINUTE);
    await second;
    // The other process wakes 24 minutes late: the slots in between were not its alone to run.
    const third = next();
    clocks[1].advance(29 * MINUTE);
    await expect.poll(() => clocks[1].waiting).toBe(1);
    clocks[1].advance(1);
    await third;
    expect(runs).toEqual([NOW, NOW + 5 * MINUTE, NOW + 29 * MINUTE + 1]);
  });
});
