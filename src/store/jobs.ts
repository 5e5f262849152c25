import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Database, Writer } from './engine.ts';
import { appendToFeed } from './feed.ts';
import type { JobTable } from './tables.ts';

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** How far a job is. `total` is null while unknown; `unit` names what is counted. */
export interface JobProgress {
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  /** Units per second over the last moments. */
  readonly rate: number | null;
  /** Expected end. */
  readonly endsAt: Instant | null;
  /** What it is doing now, for people. */
  readonly note: string;
}

export interface Job {
  readonly id: string;
  readonly org: number;
  readonly kind: string;
  readonly key: string;
  readonly lane: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly cancelRequested: boolean;
  readonly leaseUntil: Instant | null;
  readonly runAt: Instant;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

export interface JobRequest {
  readonly kind: string;
  /** Requests with the key of a live job share that job. */
  readonly key: string;
  /** Of the jobs in one lane only one runs at a time. */
  readonly lane: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly runAt?: Instant;
}

/** Queues a job, or returns the live one with the same key. */
export async function enqueueJob(
  writer: Writer,
  org: number,
  request: JobRequest,
  now: Instant,
): Promise<{ job: Job; created: boolean }> {
  const { database } = writer;
  const { kind, key, lane } = request;
  for (;;) {
    const inserted = await database
      .insertInto('job')
      .values({
        id: randomUUID(),
        org,
        kind,
        key,
        lane,
        input: JSON.stringify(request.input),
        state: 'queued',
        attempts: 0,
        cancel_requested: 0,
        run_at: request.runAt ?? now,
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (inserted) {
      const job = toJob(inserted);
      await announce(writer, job, now);
      return { job, created: true };
    }
    const live = await database
      .selectFrom('job')
      .selectAll()
      .where('org', '=', org)
      .where('key', '=', key)
      .where('state', 'in', ['queued', 'running'])
      .executeTakeFirst();
    if (live) return { job: toJob(live), created: false };
    // The job that was in the way ended in between.
  }
}

/** Jobs that a runner of `kinds` may take: due and with a free lane, or left by a runner that is gone. */
const claimable = (kinds: readonly string[], now: Instant) => sql`
  from job as candidate
  where candidate.kind in (${sql.join([...kinds])})
    and ((candidate.state = 'queued' and candidate.run_at <= ${now}
          and not exists (select 1 from job as busy where busy.org = candidate.org and busy.lane = candidate.lane and busy.state = 'running'))
      or (candidate.state = 'running' and candidate.lease_until < ${now}))`;

/** Whether `claimJob` would find one. Looking costs no transaction and wakes nobody. */
export async function hasClaimableJob(database: Database, kinds: readonly string[], now: Instant): Promise<boolean> {
  if (kinds.length === 0) return false;
  const { rows } = await sql`select 1 ${claimable(kinds, now)} limit 1`.execute(database);
  return rows.length > 0;
}

/**
 * Takes the next job that is due, or whose runner is gone, for `owner`. Of several runners that ask at once each gets another job or none.
 */
export async function claimJob(
  writer: Writer,
  owner: string,
  kinds: readonly string[],
  leaseUntil: Instant,
  now: Instant,
): Promise<Job | undefined> {
  if (kinds.length === 0) return undefined;
  const { rows } = await sql<JobTable>`${taking(owner, leaseUntil, now)}
    where id = (select candidate.id ${claimable(kinds, now)} order by candidate.state desc, candidate.run_at, candidate.created_at limit 1)
      and (state = 'queued' or lease_until < ${now})
    returning *`.execute(writer.database);
  return announceTaken(writer, rows, now);
}

async function announceTaken(writer: Writer, [row]: readonly JobTable[], now: Instant): Promise<Job | undefined> {
  if (!row) return undefined;
  const job = toJob(row);
  await announce(writer, job, now);
  return job;
}

const taking = (owner: string, leaseUntil: Instant, now: Instant) => sql`
  update job set state = 'running', lease_owner = ${owner}, lease_until = ${leaseUntil}, attempts = attempts + 1,
    started_at = coalesce(started_at, ${now})`;

/** Takes a queued job, or one whose runner is gone, by its id; undefined while another runs it or its lane. */
export async function claimJobById(
  writer: Writer,
  org: number,
  id: string,
  owner: string,
  leaseUntil: Instant,
  now: Instant,
): Promise<Job | undefined> {
  const { rows } = await sql<JobTable>`${taking(owner, leaseUntil, now)}
    where org = ${org} and id = ${id}
      and ((state = 'queued' and not exists (select 1 from job as busy where busy.org = job.org and busy.lane = job.lane and busy.state = 'running'))
        or (state = 'running' and lease_until < ${now}))
    returning *`.execute(writer.database);
  return announceTaken(writer, rows, now);
}

/** Keeps a job for its owner. Returns undefined when the lease was lost to another runner: stop at once. */
export async function renewLease(
  writer: Writer,
  id: string,
  owner: string,
  leaseUntil: Instant,
  progress: JobProgress | null,
  now: Instant,
): Promise<Job | undefined> {
  const [row] = await writer.database
    .updateTable('job')
    .set(progress ? { lease_until: leaseUntil, progress: JSON.stringify(progress) } : { lease_until: leaseUntil })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .where('state', '=', 'running')
    .returningAll()
    .execute();
  if (!row) return undefined;
  const job = toJob(row);
  if (progress) await announce(writer, job, now);
  return job;
}

export interface JobOutcome {
  readonly state: 'succeeded' | 'failed' | 'cancelled' | 'queued';
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly progress?: JobProgress;
  /** For `queued`, given back: when to run again. */
  readonly runAt?: Instant;
}

/** Ends a job, or gives it back to the queue. Nothing happens when the lease was lost. */
export async function finishJob(
  writer: Writer,
  id: string,
  owner: string,
  outcome: JobOutcome,
  now: Instant,
): Promise<void> {
  const ended = outcome.state !== 'queued';
  const [row] = await writer.database
    .updateTable('job')
    .set({
      state: outcome.state,
      result: outcome.result ? JSON.stringify(outcome.result) : null,
      error: outcome.error ?? null,
      ...(outcome.progress ? { progress: JSON.stringify(outcome.progress) } : {}),
      lease_owner: null,
      lease_until: null,
      ...(ended ? { finished_at: now } : { run_at: outcome.runAt ?? now }),
    })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .returningAll()
    .execute();
  if (row) await announce(writer, toJob(row), now);
}

/** Cancels a queued job at once and asks a running one to stop. Returns the job, or undefined when the org has none of that id. */
export async function cancelJob(writer: Writer, org: number, id: string, now: Instant): Promise<Job | undefined> {
  const { database } = writer;
  await database
    .updateTable('job')
    .set({ state: 'cancelled', cancel_requested: 1, finished_at: now })
    .where('org', '=', org)
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute();
  await database
    .updateTable('job')
    .set({ cancel_requested: 1 })
    .where('org', '=', org)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
  const job = await findJob(database, org, id);
  if (job) await announce(writer, job, now);
  return job;
}

export async function findJob(database: Database, org: number, id: string): Promise<Job | undefined> {
  const row = await database
    .selectFrom('job')
    .selectAll()
    .where('org', '=', org)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toJob(row);
}

/** The newest jobs of an org, newest first. */
export async function listJobs(
  database: Database,
  org: number,
  filter: { kind?: string; live?: boolean; limit: number },
): Promise<readonly Job[]> {
  let query = database.selectFrom('job').selectAll().where('org', '=', org);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.live) query = query.where('state', 'in', ['queued', 'running']);
  const rows = await query.orderBy('created_at', 'desc').orderBy('id').limit(filter.limit).execute();
  return rows.map(toJob);
}

/** How many jobs of an org are in each state; states without jobs are absent. */
export async function countJobs(database: Database, org: number): Promise<ReadonlyMap<JobState, number>> {
  const rows = await database
    .selectFrom('job')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where('org', '=', org)
    .groupBy('state')
    .execute();
  return new Map(rows.map(({ state, count }) => [state as JobState, Number(count)]));
}

/** Forgets jobs, of one kind or of all, that ended before an instant. */
export async function trimJobs(database: Database, kind: string | undefined, before: Instant): Promise<void> {
  let query = database.deleteFrom('job').where('finished_at', '<', before);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  await query.execute();
}

/**
 * Whether the caller is the first to reach `slot` of a schedule that comes `every` so often; in one statement, so that of any number of
 * processes exactly one hears yes. A slot further ahead than the next one was taken by a clock that was wrong, and counts for nothing.
 */
export async function takeScheduleSlot(
  database: Database,
  name: string,
  slot: Instant,
  every: number,
): Promise<boolean> {
  const { rows } = await sql<{ slot: number }>`
    insert into schedule(name, slot) values (${name}, ${slot})
    on conflict(name) do update set slot = excluded.slot
    where schedule.slot < excluded.slot or schedule.slot > ${slot + every}
    returning slot`.execute(database);
  return rows.length > 0;
}

async function announce(writer: Writer, job: Job, now: Instant): Promise<void> {
  await appendToFeed(writer, job.org, 'job', { id: job.id, kind: job.kind, lane: job.lane, state: job.state }, now);
}

function toJob(row: JobTable): Job {
  return {
    id: row.id,
    org: row.org,
    kind: row.kind,
    key: row.key,
    lane: row.lane,
    input: JSON.parse(row.input),
    state: row.state as JobState,
    progress: row.progress === null ? null : JSON.parse(row.progress),
    result: row.result === null ? null : JSON.parse(row.result),
    error: row.error,
    attempts: row.attempts,
    cancelRequested: row.cancel_requested === 1,
    leaseUntil: row.lease_until,
    runAt: row.run_at,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
