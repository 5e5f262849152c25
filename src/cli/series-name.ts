import { closest } from '../domain/closest.ts';
import type { Labels, Series } from '../domain/series.ts';
import type { Org } from '../store/catalog.ts';
import { findSeries, listSeries, seriesId } from '../store/catalog.ts';
import type { Database } from '../store/engine.ts';
import { Failure, UsageError } from './failure.ts';
import { oneLine } from './text/printable.ts';

/** A metric with some or all of its labels. */
export interface SeriesName {
  readonly metric: string;
  readonly labels: Labels;
}

const SHAPE = 'metric{label=value,other="a value"}';
const NAMED_AT_MOST = 8;
const LOOKED_AT = 1_000;

/** Reads `metric`, or `metric{label=value,other="a value"}`. Throws a `UsageError` for anything else. */
export function parseSeriesName(text: string): SeriesName {
  const [, metric = '', inside] = /^([^{}\s]+)(?:\{(.*)\})?$/s.exec(text.trim()) ?? [];
  if (metric === '')
    throw new UsageError(`${JSON.stringify(text)} names no series; write its id, its metric, or ${SHAPE}`);
  const labels: Record<string, string> = {};
  let rest = (inside ?? '').trim();
  while (rest !== '') {
    const [whole, name, quoted, bare] =
      /^([\w.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",]+?))\s*(?:,\s*|$)/s.exec(rest) ?? [];
    if (whole === undefined || name === undefined) {
      throw new UsageError(
        `the labels of ${JSON.stringify(text)} cannot be read from ${JSON.stringify(rest)} on; write ${SHAPE}`,
      );
    }
    labels[name] = quoted === undefined ? (bare as string) : quoted.replace(/\\(.)/gs, '$1');
    rest = rest.slice(whole.length);
  }
  return { metric, labels };
}

/** A series as it is named on the command line. */
export function seriesText({ metric, labels }: SeriesName): string {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return metric;
  const quote = (value: string): string => (/^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value));
  return `${metric}{${entries.map(([name, value]) => `${name}=${quote(value)}`).join(',')}}`;
}

/**
 * The one series that a text names: by its id, by its metric and all its labels, or by its metric and enough of its labels to be the
 * only one. Throws a `Failure` that names what is near.
 */
export async function findNamedSeries(database: Database, org: Org, text: string): Promise<Series> {
  const byId = await findSeries(database, org.number, text);
  if (byId) return byId;
  const name = parseSeriesName(text);
  const exact = await findSeries(database, org.number, seriesId(org.id, name.metric, name.labels));
  if (exact) return exact;
  const [label] = Object.entries(name.labels);
  const ofMetric = await listSeries(database, org.number, {
    metric: name.metric,
    limit: LOOKED_AT,
    order: 'name',
    ...(label ? { search: `${JSON.stringify(label[0])}:${JSON.stringify(label[1])}` } : {}),
  });
  const fitting = ofMetric.filter(({ labels }) =>
    Object.entries(name.labels).every(([key, value]) => labels[key] === value),
  );
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  throw fitting.length === 0 ? await unknownSeries(database, org, text, name) : ambiguous(text, fitting);
}

function ambiguous(text: string, fitting: readonly Series[]): Failure {
  const named = fitting.slice(0, NAMED_AT_MOST).map((series) => `\n  ${oneLine(seriesText(series))}`);
  const amount = fitting.length === LOOKED_AT ? `${LOOKED_AT} series or more` : `${fitting.length} series`;
  const more =
    fitting.length > NAMED_AT_MOST ? `\n  … (varve series ${JSON.stringify(fitting[0]?.metric)} lists them)` : '';
  return new Failure(`${amount} go by ${text}; name one by its labels or its id:${named.join('')}${more}`);
}

async function unknownSeries(database: Database, org: Org, text: string, { metric }: SeriesName): Promise<Failure> {
  const rows = await database.selectFrom('series').select('metric').distinct().where('org', '=', org.number).execute();
  if (rows.length === 0) return new Failure('the store holds no series yet; varve backfill or varve serve brings some');
  const metrics = rows.map((row) => row.metric);
  if (metrics.includes(metric))
    return new Failure(`${metric} has no series with these labels: ${text}; varve series ${metric} lists them`);
  const near = closest(metric, metrics);
  return new Failure(`there is no series ${text}; ${near ? `did you mean ${near}? ` : ''}varve series lists all`);
}
