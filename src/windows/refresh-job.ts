import type { Instant } from '../domain/time.ts';
import type { WindowName } from '../domain/windows.ts';
import type { JobHandler } from '../jobs/runner.ts';
import type { Job, JobRequest } from '../store/jobs.ts';
import type { Publisher, Refreshed } from './publisher.ts';
import { BUILD_STEPS, type BuildStep } from './window-builder.ts';

export const REFRESH_KIND = 'window-refresh';

/** What is to be built: one window of a series, or all that it publishes. */
export interface RefreshInput {
  /** Public id. */
  readonly series: string;
  /** Null: all of them. */
  readonly window: WindowName | null;
  readonly windows: readonly WindowName[];
}

/** The one job for a refresh: all who ask for the same series and window share it while it is live. */
export function refreshJob(input: RefreshInput): JobRequest {
  const key = `${REFRESH_KIND}:${input.series}:${input.window ?? 'all'}`;
  return { kind: REFRESH_KIND, key, lane: key, input: { ...input } };
}

export const refreshInput = ({ input }: Job): RefreshInput => input as unknown as RefreshInput;

/** The versions that a job made, once it succeeded. */
export const refreshedVersions = ({ result }: Job): readonly Refreshed[] =>
  (result?.versions as readonly Refreshed[] | undefined) ?? [];

const SAID: Readonly<Record<BuildStep, string>> = {
  read: 'read and merged',
  staged: 'staged and validated',
  swapped: 'swapped in',
};

/** How many steps a refresh has. */
export const stepsOf = ({ windows }: RefreshInput): number => windows.length * BUILD_STEPS.length;

/** What the first `done` steps of a refresh came to, in words; the same for the same step whoever asks. */
export function stepNote({ windows }: RefreshInput, done: number): string {
  const step = BUILD_STEPS[(done - 1) % BUILD_STEPS.length];
  const window = windows[Math.floor((done - 1) / BUILD_STEPS.length)];
  return step === undefined || window === undefined ? '' : `${window} ${SAID[step]}`;
}

/** Runs refreshes through the publisher, so that they share the builds that run anyway. */
export function refreshHandler(publisher: Pick<Publisher, 'refresh'>): JobHandler {
  return async ({ job, signal, report }) => {
    const input = refreshInput(job);
    const total = stepsOf(input);
    const tell = (done: number): void =>
      report({ done, total, unit: 'steps', rate: null, endsAt: null, note: stepNote(input, done) });
    const onStep = (window: WindowName, step: BuildStep): void =>
      tell(input.windows.indexOf(window) * BUILD_STEPS.length + BUILD_STEPS.indexOf(step) + 1);
    const asOf: Instant = job.createdAt;
    const versions = await publisher.refresh(job.org, input.series, input.windows, asOf, signal, onStep);
    tell(total);
    return { versions: versions.map(({ window, versionId }) => ({ window, versionId })) };
  };
}
