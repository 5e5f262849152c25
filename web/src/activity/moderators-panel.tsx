import { Panel } from '../parts/panel.tsx';
import type { EventTimeseriesBody, LatencyBody } from './bodies.ts';
import { secondsText, typesByCount } from './chart-columns.ts';
import { Person } from './person.tsx';

interface ModeratorsPanelProps {
  readonly counts: EventTimeseriesBody;
  readonly latency: LatencyBody | undefined;
}

/** The types that most often occur get a column of their own. */
const MOST_TYPES = 5;

export function ModeratorsPanel({ counts, latency }: ModeratorsPanelProps) {
  const moderators = counts.moderators ?? [];
  const types = typesByCount(counts)
    .filter((type) => moderators.some((moderator) => (moderator.counts[type] ?? 0) > 0))
    .slice(0, MOST_TYPES);
  const latencies = new Map(latency?.moderators?.map((one) => [one.moderator_id, one]));
  return (
    <Panel title="Moderators">
      {moderators.length === 0 ? (
        <p className="px-4 py-6 text-center text-sm text-ink-3">Nobody did anything in this time.</p>
      ) : (
        <div className="max-h-96 overflow-auto">
          <table className="w-full text-sm">
            <thead className="sticky top-0 bg-panel text-right text-xs text-ink-3">
              <tr>
                <th className="px-4 py-1.5 text-left font-normal">Who</th>
                {types.map((type) => (
                  <th key={type} className="px-2 py-1.5 font-normal">
                    {type}
                  </th>
                ))}
                <th className="px-2 py-1.5 font-normal">all</th>
                <th className="px-2 py-1.5 font-normal">median</th>
                <th className="px-4 py-1.5 font-normal">p95</th>
              </tr>
            </thead>
            <tbody className="text-right">
              {moderators.map((moderator) => {
                const times = latencies.get(moderator.moderator_id);
                const identity = counts.identities?.[moderator.moderator_id];
                return (
                  <tr key={moderator.moderator_id} className="border-t border-line hover:bg-hover">
                    <td className="max-w-60 px-4 py-1.5 text-left">
                      <Person
                        id={moderator.moderator_id}
                        name={moderator.display_name}
                        avatar={moderator.avatar_url}
                        departed={identity?.departed}
                      />
                    </td>
                    {types.map((type) => (
                      <td key={type} className="px-2 py-1.5">
                        {(moderator.counts[type] ?? 0).toLocaleString('en')}
                      </td>
                    ))}
                    <td className="px-2 py-1.5 font-medium">{moderator.total.toLocaleString('en')}</td>
                    <td className="px-2 py-1.5">{secondsText(times?.p50_response_time_s ?? null)}</td>
                    <td className="px-4 py-1.5">{secondsText(times?.p95_response_time_s ?? null)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
