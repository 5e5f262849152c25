import { Link } from 'wouter';
import type { RangeBody, SeriesBody } from '../api/bodies.ts';
import { lastValue } from '../chart/spark-path.ts';
import { Sparkline } from '../chart/sparkline.tsx';
import { valueText } from '../values/format-value.ts';

interface DeviceSeriesRowProps {
  readonly series: SeriesBody;
  /** The window of the sparkline; undefined until it is here. */
  readonly range: RangeBody | undefined;
}

export function DeviceSeriesRow({ series, range }: DeviceSeriesRowProps) {
  const last = range && lastValue(range);
  const labels = Object.entries(series.labels).filter(([name]) => name !== 'device');
  return (
    <li className="border-b border-line last:border-0">
      <Link
        href={`/samples/${series.id}`}
        className="grid h-10 grid-cols-[minmax(0,1fr)_minmax(0,7rem)_5.5rem] items-center gap-x-3 px-4 transition-colors hover:bg-hover sm:grid-cols-[minmax(0,1fr)_minmax(0,9rem)_6.5rem]"
      >
        <span className="min-w-0 truncate">
          {series.title || series.metric}
          {labels.map(([name, value]) => (
            <span key={name} className="ml-2 font-mono text-[0.6875rem] text-ink-3">
              {name}={value}
            </span>
          ))}
        </span>
        <span className="h-6">{range && range.points.length > 0 && <Sparkline range={range} />}</span>
        <span className="truncate text-right font-medium">
          {last === undefined ? <span className="text-ink-3">–</span> : valueText(last, series.unit)}
        </span>
      </Link>
    </li>
  );
}
