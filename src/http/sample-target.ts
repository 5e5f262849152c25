import type { PublishedSet } from '../domain/windows.ts';
import { type Org, seriesId } from '../store/catalog.ts';
import { StoreUnavailable } from '../store/engine.ts';
import { nameSeries } from '../store/publishable-series.ts';
import { publishedSetOf } from '../windows/published-set.ts';
import type { SeriesStanding } from '../windows/standings.ts';
import type { IndexedSeries } from '../windows/windows-index.ts';
import type { HttpContext } from './context.ts';
import { invalid, notFound } from './problem.ts';

/** How a caller names a series; nothing at all means the one pushed series there is. */
export interface SeriesName {
  readonly series?: string | undefined;
  readonly metric?: string | undefined;
  readonly device?: string | undefined;
}

/** A series that samples are read of, for a caller of its org. */
export interface SampleTarget {
  readonly org: Org;
  readonly id: string;
  readonly standing: SeriesStanding;
  readonly set: PublishedSet;
}

type Context = Pick<HttpContext, 'engine' | 'windows'>;

/** As many as one would read through. */
const SHOWN = 20;

/**
 * Finds the series of an org that is meant, in the store or, while that does not answer, among the published ones. Throws a 404 where there is none, and a
 * 400 that lists them where there are several.
 */
export async function findTarget(context: Context, org: Org, name: SeriesName): Promise<SampleTarget> {
  const { series, metric, device } = name;
  if (series !== undefined && (metric !== undefined || device !== undefined))
    throw invalid([{ field: 'series', problem: 'names a series by itself; leave out metric and device' }]);
  if (series !== undefined) return targetOf(context, org, series);
  if (metric !== undefined && device !== undefined) {
    const id = seriesId(org.id, metric, { device });
    const standing = await context.windows.served.standing({ org: org.number, series: id });
    if (standing.state === 'known') return targetOf(context, org, id, standing);
  }
  const found = await candidates(context, org, name);
  const [first, ...others] = found;
  if (!first) throw notFound(unknown(name));
  if (others.length > 0)
    throw invalid([{ field: metric === undefined ? 'metric' : 'device', problem: several(found) }]);
  return targetOf(context, org, first.id);
}

async function targetOf(context: Context, org: Org, id: string, known?: SeriesStanding): Promise<SampleTarget> {
  const { served, settings } = context.windows;
  const standing = known ?? (await served.standing({ org: org.number, series: id }));
  const last = standing.state === 'unreachable' ? standing.last : standing;
  if (last?.state === 'known') return { org, id, standing, set: publishedSetOf(settings, last.series) };
  const indexed = (await served.index(org)).find((one) => one.id === id);
  if (indexed) return { org, id, standing, set: indexed };
  if (standing.state === 'unknown-series') throw notFound(`there is no series with the id ${JSON.stringify(id)}`);
  throw new StoreUnavailable('unreachable', 'the store cannot be reached, and nothing is published of this series');
}

type Candidate = Pick<IndexedSeries, 'id' | 'metric' | 'labels'>;

async function candidates(
  { engine, windows }: Context,
  org: Org,
  { metric, device }: SeriesName,
): Promise<readonly Candidate[]> {
  const filter = { ...(metric === undefined ? {} : { metric }), ...(device === undefined ? {} : { device }) };
  if (windows.served.storeUnreachableSince === undefined) {
    try {
      const found = await nameSeries(engine.reader, org.number, { ...filter, limit: SHOWN + 1 });
      if (found.length > 0) return found;
    } catch {
      // What is published can still be read by name.
    }
  }
  const indexed = await windows.served.index(org);
  return indexed.filter(
    (one) =>
      (metric === undefined ? one.isPrimary : one.metric === metric) && (device === undefined || one.source === device),
  );
}

function unknown({ metric, device }: SeriesName): string {
  if (metric === undefined && device === undefined) return 'nothing was pushed yet: send samples to /api/samples';
  const named = [
    metric === undefined ? [] : [`the metric ${JSON.stringify(metric)}`],
    device === undefined ? [] : [`the device ${JSON.stringify(device)}`],
  ];
  return `there is no series of ${named.flat().join(' and ')}`;
}

function several(found: readonly Candidate[]): string {
  const shown = found.slice(0, SHOWN).map(({ id, metric, labels }) => `${id} (${metric} ${JSON.stringify(labels)})`);
  const rest = found.length > SHOWN ? ', and more: see /api/series' : '';
  return `is needed, or series: there are ${shown.join(', ')}${rest}`;
}
