import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** A series that may be published, with what windows depend on. */
export interface PublishableSeries {
  readonly number: number;
  readonly id: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: string;
  readonly sourceKind: string;
  /** Landings that changed it or one of its dimensions. */
  readonly changes: number;
  readonly lastAt: Instant | null;
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
      'series.last_at',
      'source.name as source',
      'source.kind',
      CHANGES.as('changes'),
      IS_DIMENSION.as('dimension'),
    ])
    .where('series.org', '=', org);

type PublishableRow = Awaited<ReturnType<ReturnType<typeof publishable>['execute']>>[number];

export function toPublishable(row: PublishableRow): PublishableSeries {
  const { number, id, metric, labels, last_at, source, kind, changes, dimension } = row;
  return {
    number: Number(number),
    id,
    metric,
    labels: JSON.parse(labels),
    source,
    sourceKind: kind,
    changes: Number(changes),
    lastAt: last_at,
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
