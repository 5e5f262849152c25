import { sql } from 'kysely';
import type { SeriesKind, SeriesSummary } from '../domain/series.ts';
import type { Database } from './engine.ts';

/** A series that may be published, with what windows depend on. */
export interface PublishableSeries extends SeriesSummary {
  readonly number: number;
  readonly sourceKind: string;
  /** Landings that changed it or one of its dimensions. */
  readonly changes: number;
  /** Whether it is the first field of what one sender measures together. */
  readonly isPrimary: boolean;
}

/** Counts only grow, so that equal sums mean equal samples. */
const CHANGES = sql<number>`series.changes + coalesce((
  select sum(other.changes) from field as own
  join field as beside on beside.org = own.org and beside.channel = own.channel and beside.place > 0
  join series as other on other.number = beside.series
  where own.series = series.number and own.place = 0), 0)`;

const IS_DIMENSION = sql<number>`case when exists (
  select 1 from field as own where own.series = series.number and own.place > 0) then 1 else 0 end`;

/** Series with what windows depend on, to be narrowed by the caller. */
export const publishable = (database: Database, org: number) =>
  database
    .selectFrom('series')
    .innerJoin('source', 'source.number', 'series.source')
    .select([
      'series.number',
      'series.id',
      'series.metric',
      'series.labels',
      'series.kind',
      'series.unit',
      'series.title',
      'series.interval',
      'series.version',
      'series.last_at',
      'source.name as source',
      'source.kind as sourceKind',
      CHANGES.as('changes'),
      IS_DIMENSION.as('dimension'),
    ])
    .where('series.org', '=', org);

type PublishableRow = Awaited<ReturnType<ReturnType<typeof publishable>['execute']>>[number];

export function toPublishable(row: PublishableRow): PublishableSeries {
  const { number, labels, kind, last_at, changes, dimension, ...rest } = row;
  const { id, metric, unit, title, interval, version, source, sourceKind } = rest;
  return {
    number: Number(number),
    id,
    metric,
    labels: JSON.parse(labels),
    title,
    kind: kind as SeriesKind,
    unit,
    source,
    interval,
    version,
    lastAt: last_at,
    sourceKind,
    changes: Number(changes),
    isPrimary: Number(dimension) === 0,
  };
}

/** A page of the series of an org, or of one source by its name, in the order of their numbers. */
export async function listPublishable(
  database: Database,
  org: number,
  filter: { readonly source?: string; readonly after?: number; readonly limit: number },
): Promise<readonly PublishableSeries[]> {
  let query = publishable(database, org);
  if (filter.source !== undefined) query = query.where('source.name', '=', filter.source);
  if (filter.after !== undefined) query = query.where('series.number', '>', filter.after);
  return (await query.orderBy('series.number').limit(filter.limit).execute()).map(toPublishable);
}

export async function findPublishable(
  database: Database,
  org: number,
  id: string,
): Promise<PublishableSeries | undefined> {
  const row = await publishable(database, org).where('series.id', '=', id).executeTakeFirst();
  return row && toPublishable(row);
}

/** Series by what a reader may call them by: pushed ones when no metric is given. At most `limit`, by name. */
export async function nameSeries(
  database: Database,
  org: number,
  name: { readonly metric?: string; readonly device?: string; readonly limit: number },
): Promise<readonly PublishableSeries[]> {
  let query = publishable(database, org);
  if (name.metric !== undefined) query = query.where('series.metric', '=', name.metric);
  else query = query.where('source.kind', '=', 'push').where(IS_DIMENSION, '=', 0);
  if (name.device !== undefined) query = query.where('source.name', '=', name.device);
  const rows = await query.orderBy('series.metric').orderBy('series.labels').limit(name.limit).execute();
  return rows.map(toPublishable);
}
