import type { SourceBody } from '../api/bodies.ts';
import { useNow } from '../live/use-now.ts';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { useZone } from '../time/use-zone.ts';
import { CARD_GRID } from './card-grid.ts';
import { SourceCard } from './source-card.tsx';

interface SourceCardsProps {
  readonly sources: readonly SourceBody[];
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
      <ul className={CARD_GRID}>
        {sources.map((source) => (
          <SourceCard key={source.name} source={source} now={now} />
        ))}
      </ul>
    </>
  );
}
