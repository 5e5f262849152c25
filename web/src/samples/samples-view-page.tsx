import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import { useLastGood } from '../api/last-good.ts';
import { isNotFound } from '../api/problem.ts';
import { seriesQuery } from '../api/queries.ts';
import { devicesQuery, latestQuery } from '../api/samples-queries.ts';
import { useNow } from '../live/use-now.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { useTitle } from '../shell/use-title.ts';
import type { Span } from '../time/spans.ts';
import { writeWindow } from '../time/time-window.ts';
import { SamplesControls } from './samples-controls.tsx';
import { SamplesHeading } from './samples-heading.tsx';
import { SamplesPicture } from './samples-picture.tsx';
import { UpdateLine } from './update-line.tsx';
import { usePublishedWindow } from './use-published-window.ts';
import { useRefresh } from './use-refresh.ts';
import { useSamplesKeys } from './use-samples-keys.ts';

export default function SamplesViewPage({ id }: { readonly id: string }) {
  const control = usePublishedWindow();
  const now = useNow();
  const [, navigate] = useLocation();
  const { shown, zone } = control;
  const latest = useQuery(latestQuery(id, shown.window, shown.samples));
  const picture = useLastGood(latest, id);
  const details = useQuery({ ...seriesQuery(id), enabled: picture.data === undefined });
  const devices = useQuery(devicesQuery());
  const refresh = useRefresh(id, shown.window, latest.data?.meta.generatedAt, latest.refetch);
  useSamplesKeys(control, refresh.start);

  const series = picture.data?.series ?? details.data;
  useTitle(series && (series.title || series.metric));
  const lookCloser = useCallback(
    (span: Span): void => navigate(`/series/${id}${writeWindow(span, undefined)}`),
    [id, navigate],
  );

  if (isNotFound(latest.error) && isNotFound(details.error)) return <NotFoundPage />;
  return (
    <div className="pt-6">
      <SamplesHeading series={series} device={devices.data?.devices.find(({ name }) => name === series?.source)} />
      <UpdateLine latest={picture.data} samples={shown.samples} zone={zone} />
      <SamplesControls control={control} refresh={refresh} now={now} />
      {latest.error && !picture.data ? (
        <div className="mt-3">
          <ProblemNote
            what="The samples could not be read"
            error={latest.error}
            onRetry={() => void latest.refetch()}
          />
        </div>
      ) : (
        <SamplesPicture
          picture={picture}
          isFetching={latest.isFetching}
          error={latest.error ?? latest.failureReason}
          refresh={refresh.state}
          zone={zone}
          now={now}
          onBrush={lookCloser}
          onShow={(window) => control.show({ window })}
        />
      )}
    </div>
  );
}
