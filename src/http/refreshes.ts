import type { Clock, Instant } from '../domain/time.ts';
import type { WindowName } from '../domain/windows.ts';
import { JobWatch } from '../jobs/watch.ts';
import type { Org } from '../store/catalog.ts';
import { enqueueJob, type Job } from '../store/jobs.ts';
import {
  type RefreshInput,
  refreshedVersions,
  refreshInput,
  refreshJob,
  stepNote,
  stepsOf,
} from '../windows/refresh-job.ts';
import type { ServedWindows } from '../windows/served-windows.ts';
import type { HttpContext } from './context.ts';
import type { RefreshStateBody } from './samples-contract.ts';

/** A build of which nothing is known yet takes about so long. */
const UNKNOWN_DURATION = 250;
const ENDED: ReadonlySet<Job['state']> = new Set(['succeeded', 'failed', 'cancelled']);

export const hasEnded = (job: Job): boolean => ENDED.has(job.state);

/** Refreshes as readers see them: asked for once however many ask at once, watched, and told of. */
export class Refreshes implements Disposable {
  readonly #context: Pick<HttpContext, 'engine' | 'clock' | 'logger'>;
  readonly #windows: ServedWindows;
  readonly #clock: Clock;
  readonly #asking = new Map<string, Promise<Job>>();
  readonly watch: JobWatch;

  constructor(context: Pick<HttpContext, 'engine' | 'clock' | 'logger'>, windows: ServedWindows) {
    this.#context = context;
    this.#windows = windows;
    this.#clock = context.clock;
    this.watch = new JobWatch(context.engine, (error) =>
      context.logger.error({ err: error }, 'a refresh could not be watched'),
    );
  }

  [Symbol.dispose](): void {
    this.watch[Symbol.dispose]();
  }

  /** Starts a refresh of a series of an org, or joins the one that is live. */
  request(org: Org, input: RefreshInput): Promise<Job> {
    const request = refreshJob(input);
    const key = `${org.number} ${request.key}`;
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    const { engine, clock } = this.#context;
    const started = engine
      .write((writer) => enqueueJob(writer, org.number, request, clock.now()))
      .then(({ job }) => job)
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, started);
    return started;
  }

  /** The job once it has ended, or undefined at the deadline. */
  async untilEnded({ org, id }: Job, deadline: Instant): Promise<Job | undefined> {
    const { promise, resolve } = Promise.withResolvers<Job | undefined>();
    const cancel = this.#clock.after(Math.max(deadline - this.#clock.now(), 0), () => resolve(undefined));
    const leave = this.watch.watch(org, id, (job) => {
      if (!job || hasEnded(job)) resolve(job);
    });
    try {
      return await promise;
    } finally {
      cancel();
      leave();
    }
  }

  async stateOf(job: Job): Promise<RefreshStateBody> {
    return refreshBody(job, hasEnded(job) ? null : await this.#eta(job));
  }

  /** From how long the builds took the last time. */
  async #eta(job: Job): Promise<Instant> {
    const { series, windows } = refreshInput(job);
    const standing = await this.#windows.standing({ org: job.org, series });
    const known = standing.state === 'known' ? standing.publications : [];
    const durationOf = (window: WindowName): number =>
      known.find((publication) => publication.window === window)?.buildDuration ?? UNKNOWN_DURATION;
    const duration = windows.reduce((total, window) => total + durationOf(window), 0);
    return Math.round(Math.max((job.startedAt ?? this.#clock.now()) + duration, this.#clock.now()));
  }
}

const STATES = {
  queued: 'queued',
  running: 'started',
  succeeded: 'committed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

export function refreshBody(job: Job, eta: Instant | null): RefreshStateBody {
  const input = refreshInput(job);
  const { series, window } = input;
  const done = job.state === 'succeeded' ? stepsOf(input) : (job.progress?.done ?? 0);
  const self = `/api/samples/refresh/${job.id}`;
  return {
    requestId: job.id,
    state: STATES[job.state],
    series,
    window,
    progress: job.startedAt === null ? null : { done, total: stepsOf(input), note: stepNote(input, done) },
    eta,
    queuedAt: job.createdAt,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
    error: job.error,
    versions: refreshedVersions(job).map((refreshed) => ({ ...refreshed })),
    links: {
      self,
      events: self,
      result: `/api/samples/latest?series=${series}${window === null ? '' : `&window=${window}`}`,
    },
  };
}
