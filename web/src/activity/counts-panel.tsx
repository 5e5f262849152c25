import { useMemo, useState } from 'react';
import { Panel } from '../parts/panel.tsx';
import { moment } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { ActivityChart, stackColour } from './activity-chart.tsx';
import type { EventTimeseriesBody } from './bodies.ts';
import { stackedColumns, typesByCount } from './chart-columns.ts';

interface CountsPanelProps {
  readonly body: EventTimeseriesBody;
  readonly zone: string;
  readonly now: Instant;
}

const wholeText = (value: number): string => (Number.isInteger(value) ? value.toLocaleString('en') : '');

export function CountsPanel({ body, zone, now }: CountsPanelProps) {
  const [index, setIndex] = useState<number>();
  const types = useMemo(() => typesByCount(body), [body]);
  const columns = useMemo(() => stackedColumns(body, types), [body, types]);
  const pointed = index === undefined ? undefined : body.buckets[index];
  const counts = pointed?.counts ?? body.totals;
  const when = pointed
    ? `${moment(Date.parse(pointed.timestamp), zone, now)}, ${body.bucket}${pointed.partial ? ', not whole' : ''}`
    : 'in all';
  return (
    <Panel title="Counts" aside={<span className="text-xs text-ink-3">{when}</span>}>
      {body.buckets.length === 0 ? (
        <p className="px-4 py-10 text-center text-sm text-ink-3">
          Nothing was logged yet; that is not the same as zero.
        </p>
      ) : (
        <>
          <ActivityChart
            columns={columns}
            kind="stack"
            zone={zone}
            label={`Events by type in buckets of ${body.bucket}`}
            valueText={wholeText}
            onPoint={setIndex}
          />
          <ul className="flex flex-wrap gap-x-4 gap-y-1 px-4 pb-3 text-sm">
            {types.map((type, place) => (
              <li key={type} className="inline-flex items-center gap-1.5">
                <span aria-hidden className="size-2.5 rounded-xs" style={{ background: stackColour(place) }} />
                {type} <span className="text-ink-2">{(counts[type] ?? 0).toLocaleString('en')}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
