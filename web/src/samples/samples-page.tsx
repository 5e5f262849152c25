import { useQuery } from '@tanstack/react-query';
import { devicesQuery } from '../api/samples-queries.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useTitle } from '../shell/use-title.ts';
import { BuildsPanel } from './builds-panel.tsx';
import { DeviceList } from './device-list.tsx';
import { devicesText } from './device-state.ts';
import { DevicesSkeleton } from './devices-skeleton.tsx';
import { FirstSample } from './first-sample.tsx';

export default function SamplesPage() {
  useTitle('Samples');
  const { data, error, dataUpdatedAt, refetch } = useQuery(devicesQuery());
  const devices = data?.devices;
  return (
    <div className="pt-6">
      <div className="flex min-h-7 flex-wrap items-baseline gap-x-3">
        <h1 className="text-xl font-semibold tracking-tight">Samples</h1>
        {devices && devices.length > 0 && (
          <p className="text-sm text-ink-2">
            {devices.length} device{devices.length === 1 ? '' : 's'} · {devicesText(devices)}
          </p>
        )}
      </div>
      {error && !devices && (
        <div className="mt-3">
          <ProblemNote what="The devices could not be read" error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {!devices && !error && <DevicesSkeleton />}
      {devices?.length === 0 && <FirstSample />}
      {devices && devices.length > 0 && (
        <>
          <DeviceList devices={devices} error={error} readAt={dataUpdatedAt} />
          <BuildsPanel />
          <details className="group mt-8">
            <summary className="w-fit rounded text-sm text-ink-2 hover:text-ink">Push from another device</summary>
            <FirstSample />
          </details>
        </>
      )}
    </div>
  );
}
