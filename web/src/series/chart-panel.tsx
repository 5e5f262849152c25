import { Table2, TrendingUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { RangeBody } from '../api/bodies.ts';
import type { LastGood } from '../api/last-good.ts';
import { chartModel } from '../chart/chart-model.ts';
import { chartSummary } from '../chart/chart-summary.ts';
import { GapLegend } from '../chart/gap-legend.tsx';
import type { GapWording } from '../chart/gaps.ts';
import { RangeTable } from '../chart/range-table.tsx';
import { SeriesChart } from '../chart/series-chart.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { ProgressLine } from '../parts/progress-line.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import { useTheme } from '../shell/theme.ts';
import type { Instant, Span } from '../time/spans.ts';
import { EmptyChartNote } from './empty-chart-note.tsx';

interface ChartPanelProps {
  readonly picture: LastGood<RangeBody>;
  readonly isFetching: boolean;
  readonly error: unknown;
  readonly wording: GapWording;
  readonly zone: string;
  readonly now: Instant;
  readonly onBrush: (span: Span) => void;
}

export function ChartPanel({ picture, isFetching, error, wording, zone, now, onBrush }: ChartPanelProps) {
  const [asTable, setAsTable] = useState(false);
  const theme = useTheme();
  const { data } = picture;
  const model = useMemo(() => data && chartModel(data, wording), [data, wording]);
  if (!data || !model) {
    return (
      <div role="status" aria-label="Loading" className="mt-3 rounded-lg border border-line bg-panel">
        <div className="flex h-11 items-center border-b border-line px-4">
          <Skeleton className="h-3 w-56" />
        </div>
        <div className="p-4">
          <Skeleton className="h-60 w-full opacity-50 sm:h-76 lg:h-92" />
        </div>
      </div>
    );
  }
  const summary = chartSummary(data, zone, now, wording);
  return (
    <figure
      aria-busy={picture.isEarlier}
      className="relative mt-3 overflow-clip rounded-lg border border-line bg-panel"
    >
      <ProgressLine active={isFetching && picture.isEarlier} />
      {error != null && <StaleBanner error={error} answeredAt={data.envelope.asOf} zone={zone} now={now} />}
      <div className="flex min-h-11 items-center justify-between gap-4 border-b border-line py-1.5 pr-2 pl-4">
        <GapLegend
          missing={model.missing}
          omitted={data.envelope.missingOmitted}
          aggregate={model.aggregate}
          wording={wording}
          step={data.step}
          hasOpen={model.buckets.at(-1)?.open ?? false}
        />
        <IconButton label={asTable ? 'Show as chart' : 'Show as table'} onClick={() => setAsTable(!asTable)}>
          {asTable ? <TrendingUp size={15} aria-hidden /> : <Table2 size={15} aria-hidden />}
        </IconButton>
      </div>
      <div className={`relative transition-opacity ${picture.isEarlier ? 'opacity-60' : ''} ${asTable ? '' : 'py-2'}`}>
        {asTable ? (
          <RangeTable model={model} caption={summary} now={now} />
        ) : (
          <SeriesChart model={model} theme={theme} now={now} onBrush={onBrush} label={summary} />
        )}
        {data.points.length === 0 && !asTable && (
          <EmptyChartNote answer={data} zone={zone} now={now} onPick={onBrush} />
        )}
      </div>
      <figcaption className="sr-only">{summary}</figcaption>
    </figure>
  );
}
