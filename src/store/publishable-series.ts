import { sql } from 'kysely';
import type { SeriesKind, SeriesSummary } from '../domain/series.ts';
import type { Database } from './engine.ts';

/** A series that may be published, with what windows depend on. */
export interface PublishableSeries extends SeriesSummary {
  readonly number: number;
  /** Number and public id of its org. */
  readonly org: number;
  readonly orgId: string;
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

/** Series of all orgs with what windows depend on, to be narrowed by the caller; nothing of it leaves the process unscoped. */
export const publishableOfAll = (database: Database) =>
  database
    .selectFrom('series')
    .innerJoin('source', 'source.number', 'series.source')
    .innerJoin('org', 'org.number', 'series.org')
    .select([
      'series.number',
      'series.org',
      'org.id as orgId',
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
    ]);

/** The same of one org. */
export const publishable = (database: Database, org: number) =>
  publishableOfAll(database).where('series.org', '=', org);

type PublishableRow = Awaited<ReturnType<ReturnType<typeof publishableOfAll>['execute']>>[number];

export function toPublishable(row: PublishableRow): PublishableSeries {
  const { number, org, orgId, labels, kind, last_at, changes, dimension, ...rest } = row;
  const { id, metric, unit, title, interval, version, source, sourceKind } = rest;
  return {
    number: Number(number),
    org,
    orgId,
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

interface Page {
  /** Number of the last series before the page. */
  readonly after: number;
  readonly limit: number;
}

/** A page of the series of all orgs, in the order of their numbers, for what works for all of them. */
export async function listPublishableOfAll(
  database: Database,
  { after, limit }: Page,
): Promise<readonly PublishableSeries[]> {
  const query = publishableOfAll(database).where('series.number', '>', after);
  return (await query.orderBy('series.number').limit(limit).execute()).map(toPublishable);
}

/** A page of the series of one source by its name, in the order of their numbers. */
export async function listPublishableOfSource(
  database: Database,
  org: number,
  source: string,
  { after, limit }: Page,
): Promise<readonly PublishableSeries[]> {
  const query = publishable(database, org).where('source.name', '=', source).where('series.number', '>', after);
  return (await query.orderBy('series.number').limit(limit).execute()).map(toPublishable);
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
