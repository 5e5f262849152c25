import type { JobBody } from '../api/bodies.ts';
import { lengthText, moment, spanText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { CancelButton } from './cancel-button.tsx';
import { JobBar } from './job-bar.tsx';
import { doneRatio, isLive, jobSpan, jobTitle, progressText, resultText } from './job-progress.ts';

interface JobRowProps {
  readonly job: JobBody;
  readonly zone: string;
  readonly now: Instant;
}

const STATE_INK = {
  queued: 'text-ink-3',
  running: 'text-accent',
  succeeded: 'text-ok-ink',
  failed: 'text-fail-ink',
  cancelled: 'text-ink-3',
} as const;

export function JobRow({ job, zone, now }: JobRowProps) {
  const live = isLive(job);
  const { progress, error, attempts, startedAt, finishedAt } = job;
  const result = resultText(job.result);
  const span = jobSpan(job);
  return (
    <li data-job={job.id} data-state={job.state} className="border-b border-line px-4 py-3 last:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <p className="min-w-0 grow wrap-anywhere">
          <span className="font-medium">{jobTitle(job)}</span>{' '}
          {span && <span className="text-sm text-ink-2">{spanText(span, 'UTC', now)} UTC </span>}
          <span className={`ml-1 text-xs ${STATE_INK[job.state]}`}>
            {job.cancelRequested && live ? 'stopping' : job.state}
            {attempts > 1 && `, attempt ${attempts}`}
          </span>
        </p>
        <p className="shrink-0 text-xs text-ink-3">{timesText(job, zone, now)}</p>
        {live && <CancelButton job={job} />}
      </div>
      {live && (
        <div className="mt-2">
          <JobBar ratio={doneRatio(job)} label={jobTitle(job)} stopping={job.cancelRequested} />
          <p className="mt-1 flex flex-wrap justify-between gap-x-4 text-xs text-ink-2">
            <span>{progressText(job, now)}</span>
            <span className="truncate text-ink-3">{progress?.note}</span>
          </p>
        </div>
      )}
      {!live && (result !== '' || error !== null) && (
        <p className="mt-0.5 text-xs wrap-anywhere">
          {error !== null && <span className="block text-fail-ink">{error}</span>}
          <span className="text-ink-2">{result}</span>
        </p>
      )}
      {!live && result === '' && error === null && progress && startedAt !== null && finishedAt !== null && (
        <p className="mt-0.5 text-xs text-ink-2">{progressText(job, now)}</p>
      )}
    </li>
  );
}

function timesText({ startedAt, finishedAt, createdAt }: JobBody, zone: string, now: Instant): string {
  if (finishedAt !== null) {
    const took = startedAt === null ? '' : ` · took ${lengthText(Math.max(1, finishedAt - startedAt))}`;
    return `${moment(finishedAt, zone, now)}${took}`;
  }
  return startedAt === null ? `since ${moment(createdAt, zone, now)}` : `for ${lengthText(now - startedAt)}`;
}
