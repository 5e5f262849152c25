import { useMemo, useState } from 'react';
import { Panel } from '../parts/panel.tsx';
import { moment } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { ActivityChart } from './activity-chart.tsx';
import type { LatencyBody } from './bodies.ts';
import { latencyColumns, secondsText } from './chart-columns.ts';
import { Person } from './person.tsx';

interface LatencyPanelProps {
  readonly body: LatencyBody;
  readonly zone: string;
  readonly now: Instant;
}

const MOST_OPEN = 20;

export function LatencyPanel({ body, zone, now }: LatencyPanelProps) {
  const [index, setIndex] = useState<number>();
  const columns = useMemo(() => latencyColumns(body), [body]);
  const pointed = index === undefined ? undefined : body.buckets[index];
  const { avg_response_time_s, p50_response_time_s, p95_response_time_s, count } = pointed ?? body.overall;
  return (
    <Panel
      title="Time to an answer"
      aside={
        <span className="text-xs text-ink-3">
          {pointed ? `${moment(Date.parse(pointed.timestamp), zone, now)}, ${body.bucket}` : 'in all'}
        </span>
      }
    >
      {body.overall.count === 0 ? (
        <p className="px-4 py-10 text-center text-sm text-ink-3">Nothing was answered in this time.</p>
      ) : (
        <ActivityChart
          columns={columns}
          kind="band"
          zone={zone}
          label="Median and 95th percentile of the time to an answer"
          valueText={secondsText}
          onPoint={setIndex}
        />
      )}
      <dl className="flex flex-wrap gap-x-6 gap-y-1 px-4 pb-3 text-sm">
        <Figure name="median" value={secondsText(p50_response_time_s)} colour="var(--data)" />
        <Figure name="p95" value={secondsText(p95_response_time_s)} colour="var(--late)" />
        <Figure name="average" value={secondsText(avg_response_time_s)} colour="var(--ink-3)" />
        <Figure name="answers" value={count.toLocaleString('en')} />
      </dl>
      <div className="border-t border-line px-4 py-2">
        <h3 className="text-sm font-medium">
          Open: {body.open.count.toLocaleString('en')}
          {body.open.oldest_age_s !== null && (
            <span className="font-normal text-ink-2">, the oldest for {secondsText(body.open.oldest_age_s)}</span>
          )}
        </h3>
        <ul className="mt-1 max-h-48 overflow-auto text-sm">
          {body.open.items.slice(0, MOST_OPEN).map((item) => (
            <li key={item.subject} className="flex items-center gap-3 py-0.5">
              <span className="w-16 shrink-0 text-right text-late-ink">{secondsText(item.age_s)}</span>
              <span className="min-w-0 truncate font-mono text-xs">{item.subject}</span>
              {item.actor !== null && <Person id={item.actor} name={item.display_name} avatar={item.avatar_url} />}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

function Figure({ name, value, colour }: { readonly name: string; readonly value: string; readonly colour?: string }) {
  return (
    <div className="flex items-center gap-1.5">
      {colour !== undefined && <span aria-hidden className="h-0.5 w-3" style={{ background: colour }} />}
      <dt className="text-ink-3">{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
