import { useQuery } from '@tanstack/react-query';
import { useLastGood } from '../api/last-good.ts';
import { isNotFound } from '../api/problem.ts';
import { coverageQuery, rangeQuery, seriesQuery, sourcesQuery } from '../api/queries.ts';
import { wordingOf } from '../chart/gaps.ts';
import { samplesFor } from '../chart/samples.ts';
import { useNow } from '../live/use-now.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { useTitle } from '../shell/use-title.ts';
import { spanOf } from '../time/time-window.ts';
import { ChartPanel } from './chart-panel.tsx';
import { CoveragePanel } from './coverage-panel.tsx';
import { FreshnessLine } from './freshness-line.tsx';
import { Numbers } from './numbers.tsx';
import { SeriesHeading } from './series-heading.tsx';
import { TimeControls } from './time-controls.tsx';
import { useChartKeys } from './use-chart-keys.ts';
import { useTimeWindow } from './use-time-window.ts';
import { useWidth } from './use-width.ts';

export default function SeriesPage({ id }: { readonly id: string }) {
  const control = useTimeWindow();
  const now = useNow();
  const [holder, width] = useWidth();
  const { shown, zone, show } = control;
  const asked = { shown, zone, samples: samplesFor(width) };
  const range = useQuery(rangeQuery(id, asked));
  const picture = useLastGood(range, id);
  const details = useQuery({ ...seriesQuery(id), enabled: picture.data === undefined });
  const coverage = useQuery(coverageQuery(id, zone));
  const knownCoverage = useLastGood(coverage, id);
  const sources = useQuery(sourcesQuery());

  const series = picture.data?.series ?? details.data;
  const source = sources.data?.sources.find(({ name }) => name === series?.source);
  const span =
    picture.data && !picture.isEarlier ? { from: picture.data.start, to: picture.data.end } : spanOf(shown, now);
  useChartKeys(control, span, now);
  useTitle(series && (series.title || series.metric));

  if (isNotFound(range.error) && isNotFound(details.error)) return <NotFoundPage />;
  return (
    <div ref={holder} className="pt-6">
      <SeriesHeading series={series} isPushed={source?.kind === 'push'} />
      <FreshnessLine answer={picture.data} source={source} zone={zone} now={now} />
      <TimeControls control={control} span={span} now={now} />
      {range.error && !picture.data ? (
        <div className="mt-3">
          <ProblemNote what="The series could not be read" error={range.error} onRetry={() => void range.refetch()} />
        </div>
      ) : (
        <ChartPanel
          picture={picture}
          isFetching={range.isFetching}
          error={range.error ?? range.failureReason}
          wording={wordingOf(source?.kind)}
          zone={zone}
          now={now}
          onBrush={show}
        />
      )}
      <Numbers answer={picture.data} coverage={knownCoverage.data} zone={zone} now={now} />
      <CoveragePanel
        body={knownCoverage.data}
        error={coverage.error}
        onRetry={() => void coverage.refetch()}
        now={now}
        shown={span}
        onPick={show}
      />
    </div>
  );
}
