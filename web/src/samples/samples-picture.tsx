import { Table2, TrendingUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { WindowName } from '../../../src/domain/windows.ts';
import type { LatestBody } from '../api/bodies.ts';
import type { LastGood } from '../api/last-good.ts';
import { GapLegend } from '../chart/gap-legend.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { ProgressLine } from '../parts/progress-line.tsx';
import type { Instant, Span } from '../time/spans.ts';
import { EmptyWindow } from './empty-window.tsx';
import { FieldFigure } from './field-figure.tsx';
import { latestModel, segmentLength } from './latest-model.ts';
import { LatestNumbers } from './latest-numbers.tsx';
import { fieldsOf, segmentsOf } from './latest-runs.ts';
import { PictureNotes } from './picture-notes.tsx';
import { PictureSkeleton } from './picture-skeleton.tsx';
import { RefreshBar } from './refresh-bar.tsx';
import type { RefreshState } from './refresh-state.ts';
import { SamplesFigure } from './samples-figure.tsx';
import { numbersOf } from './window-numbers.ts';
import { windowSummary } from './window-summary.ts';

interface SamplesPictureProps {
  readonly picture: LastGood<LatestBody>;
  readonly isFetching: boolean;
  readonly error: unknown;
  readonly refresh: RefreshState;
  readonly zone: string;
  readonly now: Instant;
  readonly onBrush: (span: Span) => void;
  readonly onShow: (window: WindowName) => void;
}

/** The window of a series, its numbers, and below it the fields that are measured together with it. */
export function SamplesPicture(props: SamplesPictureProps) {
  const { picture, isFetching, error, refresh, zone, now, onBrush, onShow } = props;
  const [asTable, setAsTable] = useState(false);
  const { data, isEarlier, receivedAt } = picture;
  const model = useMemo(() => data && latestModel(data, zone, data.series.unit), [data, zone]);
  if (!data || !model) return <PictureSkeleton />;
  const numbers = numbersOf(segmentsOf(data, undefined));
  const segment = segmentLength(data);
  const fields = fieldsOf(data);
  const title = data.series.title || data.series.metric;
  return (
    <>
      <SamplesFigure
        model={model}
        summary={windowSummary(title, model, numbers, segment, now)}
        asTable={asTable}
        isEarlier={isEarlier}
        height="tall"
        stacked={fields.length > 0}
        now={now}
        onBrush={onBrush}
        empty={<EmptyWindow latest={data} zone={zone} now={now} onShow={onShow} />}
        above={
          <>
            <RefreshBar state={refresh} />
            <ProgressLine active={isFetching && isEarlier} />
            <PictureNotes
              meta={data.meta}
              refresh={refresh}
              error={error}
              receivedAt={receivedAt}
              zone={zone}
              now={now}
            />
          </>
        }
        head={
          <>
            <GapLegend
              missing={model.missing}
              omitted={data.envelope.missingOmitted}
              aggregate="avg"
              wording={model.wording}
              step={segment}
              hasOpen={model.buckets.at(-1)?.open ?? false}
            />
            <IconButton label={asTable ? 'Show as chart' : 'Show as table'} onClick={() => setAsTable(!asTable)}>
              {asTable ? <TrendingUp size={15} aria-hidden /> : <Table2 size={15} aria-hidden />}
            </IconButton>
          </>
        }
      />
      <LatestNumbers
        numbers={numbers}
        samples={data.samples}
        unit={data.series.unit}
        coverage={data.envelope.coverage.ratio}
      />
      {fields.map((field) => (
        <FieldFigure
          key={field}
          latest={data}
          field={field}
          asTable={asTable}
          isEarlier={isEarlier}
          zone={zone}
          now={now}
          onBrush={onBrush}
        />
      ))}
    </>
  );
}
