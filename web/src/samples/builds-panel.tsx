import { useQuery } from '@tanstack/react-query';
import { publicationsQuery } from '../api/samples-queries.ts';
import { useNow } from '../live/use-now.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { useZone } from '../time/use-zone.ts';
import { countText } from '../values/format-value.ts';
import { BuildRow } from './build-row.tsx';
import { buildTrouble, durationText } from './build-state.ts';

const SHOWN = 10;

/** Slow or failing builds of published windows; one quiet line when all is well. */
export function BuildsPanel() {
  const now = useNow();
  const [zone] = useZone();
  const { data, error, dataUpdatedAt, refetch } = useQuery(publicationsQuery());
  if (!data) {
    return error ? (
      <div className="mt-6">
        <ProblemNote what="The builds could not be read" error={error} onRetry={() => void refetch()} />
      </div>
    ) : null;
  }
  const troubled = data.publications.flatMap((publication) => {
    const trouble = buildTrouble(publication, now);
    return trouble ? [{ publication, trouble }] : [];
  });
  const slowest = Math.max(0, ...data.publications.map(({ buildDuration }) => buildDuration ?? 0));
  return (
    <Panel
      title="Builds of windows"
      className="mt-6 overflow-clip"
      aside={
        <p className="text-xs text-ink-3">
          {countText(data.total)} published
          {data.failing > 0 && <span className="text-fail-ink"> · {countText(data.failing)} failing</span>}
          {slowest > 0 && ` · slowest ${durationText(slowest)}`}
        </p>
      }
    >
      {error && <StaleBanner error={error} answeredAt={dataUpdatedAt} zone={zone} now={now} />}
      {troubled.length === 0 ? (
        <p className="px-4 py-2.5 text-sm text-ink-2">
          {data.total === 0
            ? 'No window is published yet.'
            : 'All builds are well: none fails, none is slow or behind.'}
        </p>
      ) : (
        <ul>
          {troubled.slice(0, SHOWN).map(({ publication, trouble }) => (
            <BuildRow
              key={`${publication.series.id}:${publication.window}`}
              publication={publication}
              trouble={trouble}
              zone={zone}
              now={now}
            />
          ))}
        </ul>
      )}
      {troubled.length > SHOWN && (
        <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
          and {countText(troubled.length - SHOWN)} more
        </p>
      )}
    </Panel>
  );
}
