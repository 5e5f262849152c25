import type { SourceBody } from '../api/bodies.ts';
import { useNow } from '../live/use-now.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { useZone } from '../time/use-zone.ts';
import { SourceCard } from './source-card.tsx';

interface SourceCardsProps {
  readonly sources: readonly SourceBody[] | undefined;
  readonly error: unknown;
  readonly readAt: number;
}

export function SourceCards({ sources, error, readAt }: SourceCardsProps) {
  const now = useNow();
  const [zone] = useZone();
  return (
    <>
      {error != null && (
        <div className="mb-3 overflow-hidden rounded-md">
          <StaleBanner error={error} answeredAt={readAt} zone={zone} now={now} />
        </div>
      )}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,19rem),1fr))] gap-3">
        {sources?.map((source) => <SourceCard key={source.name} source={source} now={now} />) ??
          ['a', 'b', 'c'].map((key) => (
            <li key={key} className="rounded-lg border border-line bg-panel px-4 py-3">
              <Skeleton className="my-0.5 h-4 w-24" />
              <Skeleton className="mt-3 h-3.5 w-full" />
              <Skeleton className="mt-2 mb-0.5 h-3.5 w-2/3" />
            </li>
          ))}
      </ul>
    </>
  );
}
