import type { ReactNode } from 'react';
import type { ChartModel } from '../chart/chart-model.ts';
import { RangeTable } from '../chart/range-table.tsx';
import { type ChartHeight, SeriesChart } from '../chart/series-chart.tsx';
import { useTheme } from '../shell/theme.ts';
import type { Instant, Span } from '../time/spans.ts';

interface SamplesFigureProps {
  readonly model: ChartModel;
  readonly summary: string;
  readonly asTable: boolean;
  /** Belongs to another question than the one asked now. */
  readonly isEarlier: boolean;
  readonly height: ChartHeight;
  readonly stacked: boolean;
  readonly now: Instant;
  readonly onBrush: (span: Span) => void;
  /** What stands over the chart. */
  readonly head: ReactNode;
  readonly above?: ReactNode;
  /** Over a chart without a sample. */
  readonly empty?: ReactNode;
}

/** One field of a window as a chart or as a table. */
export function SamplesFigure(props: SamplesFigureProps) {
  const { model, summary, asTable, isEarlier, height, stacked, now, onBrush, head, above, empty } = props;
  const theme = useTheme();
  return (
    <figure aria-busy={isEarlier} className="relative mt-3 overflow-clip rounded-lg border border-line bg-panel">
      {above}
      <div className="flex min-h-11 items-center justify-between gap-4 border-b border-line py-1.5 pr-2 pl-4">
        {head}
      </div>
      <div className={`relative transition-opacity ${isEarlier ? 'opacity-60' : ''} ${asTable ? '' : 'py-2'}`}>
        {asTable ? (
          <RangeTable model={model} caption={summary} now={now} height={height} />
        ) : (
          <SeriesChart
            model={model}
            theme={theme}
            now={now}
            onBrush={onBrush}
            label={summary}
            height={height}
            stacked={stacked}
          />
        )}
        {model.buckets.length === 0 && !asTable && empty}
      </div>
      <figcaption className="sr-only">{summary}</figcaption>
    </figure>
  );
}
