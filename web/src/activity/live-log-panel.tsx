import { Pause, Play } from 'lucide-react';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useNow } from '../live/use-now.ts';
import { Button } from '../parts/button.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { moment } from '../time/format-time.ts';
import { matches } from './live-log.ts';
import { LogConnection, type LogView } from './log-connection.ts';
import { LogRow } from './log-row.tsx';

interface LiveLogPanelProps {
  readonly stream: string;
  readonly zone: string;
  readonly types: readonly string[];
}

export function LiveLogPanel({ stream, zone, types }: LiveLogPanelProps) {
  const connection = useMemo(() => new LogConnection(stream), [stream]);
  useEffect(() => connection.start(), [connection]);
  const view = useSyncExternalStore(connection.subscribe, connection.view);
  const [filter, setFilter] = useState({ type: '', who: '' });
  const now = useNow(30_000);
  const { log } = view;
  const rows = log.shown.filter((event) => matches(event, filter));
  const control = 'h-8 rounded-md border border-line-strong bg-panel px-2 text-sm';
  return (
    <Panel
      title="Live log"
      aside={
        <div className="flex flex-wrap items-center gap-2 py-0.5">
          <StreamDot view={view} zone={zone} />
          <select
            aria-label="Type"
            value={filter.type}
            onChange={(change) => setFilter({ ...filter, type: change.target.value })}
            className={control}
          >
            <option value="">all types</option>
            {types.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
          <input
            type="text"
            aria-label="Who"
            placeholder="name or id"
            value={filter.who}
            onChange={(change) => setFilter({ ...filter, who: change.target.value })}
            className={`${control} w-36`}
          />
          {log.paused ? (
            <Button onClick={() => connection.resume()}>
              <Play size={14} aria-hidden /> Go on{log.heldCount > 0 ? `, ${log.heldCount} new` : ''}
            </Button>
          ) : (
            <Button onClick={() => connection.pause()}>
              <Pause size={14} aria-hidden /> Pause
            </Button>
          )}
        </div>
      }
    >
      {view.error !== undefined && <ProblemNote error={view.error} what="The log could not be read" />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys */}
      <section tabIndex={0} aria-label="Events" className="max-h-96 overflow-auto">
        <table className="w-full text-sm">
          <thead className="sticky top-0 bg-panel text-left text-xs text-ink-3">
            <tr>
              <th className="px-4 py-1.5 font-normal">Time</th>
              <th className="px-2 py-1.5 font-normal">Type</th>
              <th className="px-2 py-1.5 font-normal">By</th>
              <th className="px-4 py-1.5 font-normal">To</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((event) => (
              <LogRow key={event.seq} event={event} zone={zone} now={now} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && log.cursor !== null && (
          <p className="px-4 py-6 text-center text-sm text-ink-3">
            {log.shown.length === 0 ? 'Nothing was logged yet.' : 'No event fits the filter.'}
          </p>
        )}
      </section>
    </Panel>
  );
}

const DOTS = { live: 'bg-ok', connecting: 'animate-breathe bg-late', down: 'bg-fail' } as const;

/** Red while the stream is down: then the log stands still, and what is missing comes when it is back. */
function StreamDot({ view: { state, since }, zone }: { readonly view: LogView; readonly zone: string }) {
  const now = useNow(30_000);
  const text = state === 'down' ? `down since ${moment(since, zone, now)}` : state;
  return (
    <span
      role="status"
      aria-label={`Stream: ${text}`}
      className="inline-flex items-center gap-1.5 px-1 text-xs text-ink-2"
    >
      <span data-stream={state} className={`size-2 rounded-full ${DOTS[state]}`} />
      {text}
    </span>
  );
}
