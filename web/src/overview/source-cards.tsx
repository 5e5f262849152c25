import { lazy, Suspense } from 'react';
import type { SourceBody } from '../api/bodies.ts';
import { useNow } from '../live/use-now.ts';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { useZone } from '../time/use-zone.ts';
import { CARD_GRID } from './card-grid.ts';
import { SourceCard } from './source-card.tsx';

const PushCards = lazy(() => import('../samples/push-cards.tsx'));

interface SourceCardsProps {
  readonly sources: readonly SourceBody[];
  readonly error: unknown;
  readonly readAt: number;
}

export function SourceCards({ sources, error, readAt }: SourceCardsProps) {
  const now = useNow();
  const [zone] = useZone();
  const pushed = sources.filter(({ kind }) => kind === 'push').map(({ name }) => name);
  return (
    <>
      {error != null && (
        <div className="mb-3 overflow-hidden rounded-md">
          <StaleBanner error={error} answeredAt={readAt} zone={zone} now={now} />
        </div>
      )}
      <ul className={CARD_GRID}>
        {sources
          .filter(({ kind }) => kind !== 'push')
          .map((source) => (
            <SourceCard key={source.name} source={source} now={now} />
          ))}
        {pushed.length > 0 && (
          <Suspense fallback={<li className="min-h-32 rounded-lg border border-line bg-panel" />}>
            <PushCards names={pushed} />
          </Suspense>
        )}
      </ul>
    </>
  );
}
