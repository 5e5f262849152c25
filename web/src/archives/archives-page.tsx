import { useQuery } from '@tanstack/react-query';
import { jobsQuery, sourcesQuery } from '../api/queries.ts';
import { useNow } from '../live/use-now.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { useTitle } from '../shell/use-title.ts';
import { useZone } from '../time/use-zone.ts';
import { ArchivePanel } from './archive-panel.tsx';
import { JobList } from './job-list.tsx';

export default function ArchivesPage() {
  useTitle('Archives and jobs');
  const now = useNow(1_000);
  const [zone] = useZone();
  const sources = useQuery(sourcesQuery());
  const jobs = useQuery(jobsQuery());
  const archives = sources.data?.sources.filter(({ kind }) => kind === 'archive');
  return (
    <div className="pt-6">
      <h1 className="text-xl font-semibold tracking-tight">Archives</h1>
      <div className="mt-3 space-y-3">
        {sources.error && !sources.data && (
          <ProblemNote
            what="The archives could not be read"
            error={sources.error}
            onRetry={() => void sources.refetch()}
          />
        )}
        {sources.error && sources.data && (
          <StaleBanner error={sources.error} answeredAt={sources.dataUpdatedAt} zone={zone} now={now} />
        )}
        {sources.isPending && <Skeleton className="h-48 w-full opacity-60" />}
        {archives?.length === 0 && (
          <p className="rounded-lg border border-dashed border-line-strong px-4 py-8 text-center text-sm text-ink-2">
            No archive is configured. Name one in <code className="font-mono text-xs">varve.config.ts</code>, or try{' '}
            <code className="font-mono text-xs">npx varve sample-archive --days 30</code>.
          </p>
        )}
        {archives?.map((archive) => (
          <ArchivePanel key={archive.name} archive={archive} zone={zone} now={now} />
        ))}
      </div>
      {!sources.isPending && (
        <>
          <h2 className="mt-8 text-lg font-semibold tracking-tight">Jobs</h2>
          <JobList jobs={jobs} zone={zone} now={now} />
        </>
      )}
    </div>
  );
}
