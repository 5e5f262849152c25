import type { UseQueryResult } from '@tanstack/react-query';
import type { JobListBody } from '../api/bodies.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import type { Instant } from '../time/spans.ts';
import { isLive } from './job-progress.ts';
import { JobRow } from './job-row.tsx';

interface JobListProps {
  readonly jobs: UseQueryResult<JobListBody>;
  readonly zone: string;
  readonly now: Instant;
}

/** Jobs at work first, then those that ended, the newest of each on top. */
export function JobList({ jobs, zone, now }: JobListProps) {
  const { data, error } = jobs;
  const sorted = data?.jobs.toSorted(
    (a, b) => Number(isLive(b)) - Number(isLive(a)) || (b.finishedAt ?? b.createdAt) - (a.finishedAt ?? a.createdAt),
  );
  if (error && !data) {
    return (
      <div className="mt-3">
        <ProblemNote what="The jobs could not be read" error={error} onRetry={() => void jobs.refetch()} />
      </div>
    );
  }
  return (
    <div className="mt-3 overflow-clip rounded-lg border border-line bg-panel">
      {error && <StaleBanner error={error} answeredAt={jobs.dataUpdatedAt} zone={zone} now={now} />}
      {!sorted && <Skeleton className="m-4 h-10" />}
      {sorted?.length === 0 && <p className="px-4 py-6 text-sm text-ink-3">No job has run yet.</p>}
      <ul>
        {sorted?.map((job) => (
          <JobRow key={job.id} job={job} zone={zone} now={now} />
        ))}
      </ul>
    </div>
  );
}
