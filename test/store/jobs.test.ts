import { expect, test } from 'vitest';
import { ensureOrg, type Org } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import {
  cancelJob,
  claimJob,
  claimJobById,
  enqueueJob,
  findJob,
  finishJob,
  type Job,
  type JobRequest,
  renewLease,
  takeScheduleSlot,
} from '../../src/store/jobs.ts';
import { onEachEngine } from '../support/engines.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const LEASE = 15_000;
let kinds = 0;
const request = (kind: string, over: Partial<JobRequest> = {}): JobRequest => ({
  kind,
  key: kind,
  lane: kind,
  input: {},
  ...over,
});

onEachEngine((store) => {
  const makeOrg = (engine: Engine): Promise<Org> =>
    engine.write(({ database }) => ensureOrg(database, 'default', 'Default', NOW));
  const newKind = (): string => `kind-${kinds++}`;
  const enqueue = (engine: Engine, org: Org, job: JobRequest) =>
    engine.write((writer) => enqueueJob(writer, org.number, job, NOW));
  const claim = (engine: Engine, owner: string, kind: string, now = NOW): Promise<Job | undefined> =>
    engine.write((writer) => claimJob(writer, owner, [kind], now + LEASE, now));

  test('a thousand callers with one key share one job', async () => {
    const { engine, reopen } = store();
    const org = await makeOrg(engine);
    const other = await reopen();
    const kind = newKind();
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, caller) => enqueue(caller % 2 === 0 ? engine : other, org, request(kind))),
    );
    expect(new Set(results.map(({ job }) => job.id)).size).toBe(1);
    expect(results.filter(({ created }) => created).length).toBe(1);
  });

  test('of runners in several processes exactly one gets a job', async () => {
    const { engine, reopen } = store();
    const org = await makeOrg(engine);
    const other = await reopen();
    const kind = newKind();
    for (let index = 0; index < 5; index++)
      await enqueue(engine, org, request(kind, { key: `${kind}-${index}`, lane: `${kind}-${index}` }));
    const claimed: (Job | undefined)[] = [];
    const runner = async (on: Engine, owner: string): Promise<void> => {
      for (let job = await claim(on, owner, kind); job; job = await claim(on, owner, kind)) claimed.push(job);
    };
    await Promise.all([runner(engine, 'a'), runner(other, 'b'), runner(engine, 'c'), runner(other, 'd')]);
    expect(claimed.length).toBe(5);
    expect(new Set(claimed.map((job) => job?.id)).size).toBe(5);
  });

  test('jobs of one lane run one after the other', async () => {
    const { engine } = store();
    const org = await makeOrg(engine);
    const kind = newKind();
    for (const key of ['first', 'second'])
      await enqueue(engine, org, request(kind, { key: `${kind}-${key}`, lane: kind }));
    const first = (await claim(engine, 'a', kind)) as Job;
    expect(await claim(engine, 'b', kind)).toBeUndefined();
    await engine.write((writer) => finishJob(writer, first.id, 'a', { state: 'succeeded', result: { done: 1 } }, NOW));
    expect(await claim(engine, 'b', kind)).toMatchObject({ key: `${kind}-second` });
  });

  test('the job of a runner that died is taken over after its lease, and the dead cannot finish it', async () => {
    const { engine } = store();
    const org = await makeOrg(engine);
    const kind = newKind();
    const { job } = await enqueue(engine, org, request(kind));
    await claim(engine, 'dead', kind);
    expect(await claim(engine, 'heir', kind, NOW + LEASE - 1)).toBeUndefined();
    const taken = await claim(engine, 'heir', kind, NOW + LEASE + 1);
    expect(taken).toMatchObject({ id: job.id, attempts: 2, state: 'running' });
    await engine.write((writer) => finishJob(writer, job.id, 'dead', { state: 'failed', error: 'late word' }, NOW));
    expect(await findJob(engine.reader, org.number, job.id)).toMatchObject({ state: 'running', error: null });
    expect(await engine.write((writer) => renewLease(writer, job.id, 'dead', NOW + 9e6, null, NOW))).toBeUndefined();
  });

  test('a queued job is cancelled at once, a running one is asked', async () => {
    const { engine } = store();
    const org = await makeOrg(engine);
    const kind = newKind();
    const queued = (await enqueue(engine, org, request(kind))).job;
    expect(await engine.write((writer) => cancelJob(writer, org.number, queued.id, NOW))).toMatchObject({
      state: 'cancelled',
      finishedAt: NOW,
    });
    const running = (await enqueue(engine, org, request(kind))).job;
    expect(running.id).not.toBe(queued.id);
    await engine.write((writer) => claimJobById(writer, org.number, running.id, 'a', NOW + LEASE, NOW));
    expect(await engine.write((writer) => cancelJob(writer, org.number, running.id, NOW))).toMatchObject({
      state: 'running',
      cancelRequested: true,
    });
    expect(await engine.write((writer) => cancelJob(writer, org.number + 1, running.id, NOW))).toBeUndefined();
  });

  test('a schedule slot is taken by exactly one of many processes, late or not', async () => {
    const { engine, reopen } = store();
    const other = await reopen();
    const name = newKind();
    const take = (on: Engine, slot: number) => on.write(({ database }) => takeScheduleSlot(database, name, slot, 100));
    const first = await Promise.all([take(engine, 100), take(other, 100), take(engine, 100)]);
    expect(first.filter(Boolean).length).toBe(1);
    // A process that was held up for 24 minutes comes with an old slot: neither lost nor run twice.
    expect(await take(other, 200)).toBe(true);
    expect(await take(engine, 100)).toBe(false);
    expect(await take(engine, 200)).toBe(false);
    // A clock that ran far ahead and was set back must not stop the schedule until its wrong time comes.
    expect(await take(engine, 90_000)).toBe(true);
    expect(await take(engine, 300)).toBe(true);
  });
});
