import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobListBody } from '../api/bodies.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import type { Instant } from '../time/spans.ts';
import { countText } from '../values/format-value.ts';
import { foldRoutine, isLive } from './job-progress.ts';
import { JobRow } from './job-row.tsx';

interface JobListProps {
  readonly jobs: UseQueryResult<JobListBody>;
  readonly zone: string;
  readonly now: Instant;
}

/** Jobs at work first, then those that ended, the newest of each on top. */
export function JobList({ jobs, zone, now }: JobListProps) {
  const { data, error } = jobs;
  const [unfolded, setUnfolded] = useState(false);
  const sorted = data?.jobs.toSorted(
    (a, b) => Number(isLive(b)) - Number(isLive(a)) || (b.finishedAt ?? b.createdAt) - (a.finishedAt ?? a.createdAt),
  );
  const list = sorted && (unfolded ? { shown: sorted, folded: 0 } : foldRoutine(sorted));
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
        {list?.shown.map((job) => (
          <JobRow key={job.id} job={job} zone={zone} now={now} />
        ))}
      </ul>
      {list && list.folded > 0 && (
        <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
          and {countText(list.folded)} routine runs that went well{' '}
          <button type="button" className="ml-1 rounded text-accent" onClick={() => setUnfolded(true)}>
            show
          </button>
        </p>
      )}
    </div>
  );
}
