import { useQuery } from '@tanstack/react-query';
import { configurationQuery } from '../api/queries.ts';
import { useNow } from '../live/use-now.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { useTitle } from '../shell/use-title.ts';
import { moment } from '../time/format-time.ts';
import { useZone } from '../time/use-zone.ts';
import { RefusedBanner } from './refused-banner.tsx';
import { SettingsTable } from './settings-table.tsx';

export default function ConfigurationPage() {
  useTitle('Configuration');
  const now = useNow(30_000);
  const [zone] = useZone();
  const { data, error, dataUpdatedAt, refetch } = useQuery(configurationQuery());
  return (
    <div className="pt-6">
      <h1 className="text-xl font-semibold tracking-tight">Configuration</h1>
      {error && !data && (
        <div className="mt-3">
          <ProblemNote what="The configuration could not be read" error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {!data && !error && <Skeleton className="mt-4 h-64 w-full opacity-60" />}
      {data && (
        <>
          <p className="mt-1 text-sm text-ink-2">
            {data.file === null ? (
              'No file: defaults and environment'
            ) : (
              <code className="font-mono text-xs">{data.file}</code>
            )}
            , loaded {moment(data.loadedAt, zone, now)}
          </p>
          {error && <StaleBanner error={error} answeredAt={dataUpdatedAt} zone={zone} now={now} />}
          {data.problem !== null && <RefusedBanner problem={data.problem} />}
          <SettingsTable settings={data.settings} />
        </>
      )}
    </div>
  );
}
