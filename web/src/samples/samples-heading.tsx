import { ChevronLeft } from 'lucide-react';
import { Link } from 'wouter';
import type { DeviceBody, SeriesBody } from '../api/bodies.ts';
import { useNow } from '../live/use-now.ts';
import { LabelList } from '../parts/label-list.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { DeviceBadge } from './device-badge.tsx';
import { agoText } from './update-state.ts';

interface SamplesHeadingProps {
  readonly series: SeriesBody | undefined;
  readonly device: DeviceBody | undefined;
}

export function SamplesHeading({ series, device }: SamplesHeadingProps) {
  const now = useNow(1_000);
  return (
    <header>
      <Link
        href="/samples"
        className="-ml-1 inline-flex items-center gap-0.5 rounded text-xs text-ink-3 hover:text-ink"
      >
        <ChevronLeft size={14} aria-hidden />
        All devices
      </Link>
      {series ? (
        <>
          <div className="mt-1 flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{series.title || series.metric}</h1>
            <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-ink-3">
              <span className="wrap-anywhere">from {series.source}</span>
              {device && <DeviceBadge state={device.state} />}
              {device && device.lastSeenAt !== null && <span>seen {agoText(device.lastSeenAt, now)}</span>}
            </p>
            <Link href={`/series/${series.id}`} className="rounded text-sm text-accent hover:underline sm:ml-auto">
              Whole history
            </Link>
          </div>
          <div className="mt-0.5">
            <LabelList metric={series.metric} labels={series.labels} />
          </div>
        </>
      ) : (
        <>
          <h1 className="sr-only">Samples</h1>
          <Skeleton className="mt-2 h-6 w-64 max-w-full" />
          <Skeleton className="mt-2 h-3 w-80 max-w-full" />
        </>
      )}
    </header>
  );
}
