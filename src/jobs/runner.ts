import type { Clock, Instant } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import {
  claimJob,
  claimJobById,
  finishJob,
  hasClaimableJob,
  type Job,
  type JobOutcome,
  type JobProgress,
  renewLease,
} from '../store/jobs.ts';

/** What a job works with. */
export interface JobContext {
  readonly job: Job;
  /** Aborted when the job is cancelled, its lease is lost or the process stops; `reason` is a `JobStopped`. */
  readonly signal: AbortSignal;
  /** Tells how far the job is; call it as often as you like. */
  report(progress: JobProgress): void;
}

export type JobHandler = (context: JobContext) => Promise<Readonly<Record<string, unknown>>>;

/** Why a running job was stopped from outside. */
export class JobStopped extends Error {
  readonly by: 'cancelled' | 'lease-lost' | 'stopping';

  constructor(by: 'cancelled' | 'lease-lost' | 'stopping') {
    super(`the job was stopped: ${by}`);
    this.name = 'JobStopped';
    this.by = by;
  }
}

/** Thrown by a handler whose job cannot go on now but may later, without anybody mending anything. */
export class JobPostponed extends Error {
  readonly runAt: Instant;

  constructor(message: string, runAt: Instant, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JobPostponed';
    this.runAt = runAt;
  }
}

/** A runner that does not renew for this long counts as gone and its job is taken over. */
const LEASE = 15_000;
const RENEW_EVERY = 1_000;
const LOOK_EVERY = 5_000;
const AT_ONCE = 4;

export interface RunnerOptions {
  readonly engine: Engine;
  readonly org: Org;
  readonly clock: Clock;
  /** By kind of job. */
  readonly handlers: Readonly<Record<string, JobHandler>>;
  /** Names this runner among all of all processes. */
  readonly owner: string;
  /** Jobs run at the same time; 4 by default. */
  readonly atOnce?: number;
  /** Milliseconds after which news of a running job's progress is written; 1000 by default. */
  readonly tellEvery?: number;
  /** Hears of failures of jobs and of the store; the runner itself goes on. */
  readonly onError: (error: unknown, job: Job | undefined) => void;
}

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Claims due jobs and runs them, a few at once, with a lease each, so that the jobs of a killed process are taken over. */
export class JobRunner implements AsyncDisposable {
  readonly #options: RunnerOptions;
  readonly #running = new Map<string, Running>();
  #started = false;
  #stopped = false;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #cancelTimer: () => void = () => {};
  #unsubscribe: () => void = () => {};

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Begins to take jobs as they become due. */
  start(): void {
    this.#started = true;
    this.#unsubscribe = this.#options.engine.onCommit(() => this.#look());
    this.#look();
  }

  /** Runs one job to its end, if nobody else runs it or its lane. Returns whether it was taken. */
  async runNow(id: string): Promise<boolean> {
    const { engine, org, owner, clock } = this.#options;
    const job = await engine.write((writer) =>
      claimJobById(writer, org.number, id, owner, clock.now() + LEASE, clock.now()),
    );
    if (!job) return false;
    await this.#begin(job).ended;
    return true;
  }

  /** Stops taking jobs, asks the running ones to stop and gives them back to the queue. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#cancelTimer();
    await this.#looking;
    for (const { controller } of this.#running.values()) controller.abort(new JobStopped('stopping'));
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #look(): void {
    if (this.#stopped || !this.#started) return;
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return;
    }
    this.#cancelTimer();
    this.#looking = this.#claimAll()
      .catch((error) => this.#options.onError(error, undefined))
      .finally(() => {
        this.#looking = undefined;
        this.#cancelTimer = this.#options.clock.after(LOOK_EVERY, () => this.#look());
        if (!this.#lookAgain) return;
        this.#lookAgain = false;
        this.#look();
      });
  }

  async #claimAll(): Promise<void> {
    const { engine, clock, owner, handlers } = this.#options;
    const { reader } = engine;
    while (!this.#stopped && this.#running.size < (this.#options.atOnce ?? AT_ONCE)) {
      // Most wake-ups bring no job; a look without a transaction keeps writers out of each other's way.
      const now = clock.now();
      const waiting = await hasClaimableJob(reader, Object.keys(handlers), now);
      if (!waiting) return;
      const job = await engine.write((writer) =>
        claimJob(writer, owner, Object.keys(handlers), clock.now() + LEASE, clock.now()),
      );
      if (!job) return;
      this.#begin(job);
    }
  }

  #begin(job: Job): Running {
    const controller = new AbortController();
    const running = { controller, ended: this.#run(job, controller) };
    this.#running.set(job.id, running);
    const forget = (): void => {
      this.#running.delete(job.id);
      this.#look();
    };
    running.ended.then(forget, forget);
    return running;
  }

  async #run(job: Job, controller: AbortController): Promise<void> {
    const { engine, clock, owner, handlers, onError } = this.#options;
    let progress: JobProgress | undefined;
    let told: JobProgress | undefined;
    let renewing: Promise<void> = Promise.resolve();
    let cancelTimer = (): void => {};
    const renew = async (): Promise<void> => {
      const news = progress === told ? null : (progress ?? null);
      told = progress;
      try {
        const kept = await engine.write((writer) =>
          renewLease(writer, job.id, owner, clock.now() + LEASE, news, clock.now()),
        );
        if (!kept) controller.abort(new JobStopped('lease-lost'));
        else if (kept.cancelRequested) controller.abort(new JobStopped('cancelled'));
      } catch (error) {
        onError(error, job);
      }
      if (!controller.signal.aborted) renewLater();
    };
    const tellEvery = this.#options.tellEvery ?? RENEW_EVERY;
    let renewedAt = clock.now();
    const renewLater = (): void => {
      cancelTimer = clock.after(Math.min(tellEvery, RENEW_EVERY), () => {
        const isDue = progress !== told || clock.now() - renewedAt >= RENEW_EVERY;
        if (!isDue) return renewLater();
        renewedAt = clock.now();
        renewing = renew();
      });
    };
    renewLater();
    const outcome = await this.#outcome(job, controller.signal, handlers[job.kind] as JobHandler, (latest) => {
      progress = latest;
    });
    controller.abort();
    cancelTimer();
    await renewing;
    cancelTimer();
    try {
      await engine.write((writer) =>
        finishJob(writer, job.id, owner, progress ? { ...outcome, progress } : outcome, clock.now()),
      );
    } catch (error) {
      // The lease runs out and another runner takes the job up again.
      onError(error, job);
    }
  }

  async #outcome(
    job: Job,
    signal: AbortSignal,
    handler: JobHandler,
    report: (progress: JobProgress) => void,
  ): Promise<JobOutcome> {
    try {
      return { state: 'succeeded', result: await handler({ job, signal, report }) };
    } catch (error) {
      const stopped = signal.reason instanceof JobStopped ? signal.reason.by : undefined;
      if (stopped === 'cancelled') return { state: 'cancelled' };
      if (stopped !== undefined) return { state: 'queued' };
      this.#options.onError(error, job);
      if (error instanceof JobPostponed) return { state: 'queued', error: error.message, runAt: error.runAt };
      return { state: 'failed', error: (error as Error).message };
    }
  }
}
