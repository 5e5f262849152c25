import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import {
  canonicalLabels,
  type Labels,
  type Series,
  type SeriesDescription,
  type SeriesKind,
} from '../domain/series.ts';
import type { Instant } from '../domain/time.ts';
import type { Database } from './engine.ts';
import type { SeriesTable, SourceTable } from './tables.ts';

/** Everything belongs to an org; its number goes into every query. */
export interface Org {
  readonly number: number;
  readonly id: string;
  readonly name: string;
}

export interface Source {
  readonly number: number;
  readonly org: number;
  readonly name: string;
  readonly kind: string;
  readonly interval: number | null;
  readonly location: string;
  /** Raw samples before this instant were dropped by retention; their rollups stay. Null: all are kept. */
  readonly rawFrom: Instant | null;
  readonly lastAttemptAt: Instant | null;
  readonly lastSuccessAt: Instant | null;
  readonly lastError: string | null;
  readonly failingSince: Instant | null;
  readonly nextAttemptAt: Instant | null;
  /** Observed distance of samples, for sources without a fixed interval. */
  readonly cadence: number | null;
  /** How far the sender's clock was ahead of ours, negative when behind; null while nothing tells. */
  readonly clockSkew: number | null;
}

/** Finds or creates an org by its id. */
export async function ensureOrg(database: Database, id: string, name: string, now: Instant): Promise<Org> {
  await database
    .insertInto('org')
    .values({ id, name, created_at: now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return database.selectFrom('org').select(['number', 'id', 'name']).where('id', '=', id).executeTakeFirstOrThrow();
}

/** The interval of a source with history was changed; the message names both and the mend. */
export class IntervalChanged extends Error {}

/**
 * Finds or creates a source by its name and brings its kind and location up to date. Throws `IntervalChanged` when it has series
 * of another interval: which rollups exist follows from it, so answers about the past would miss them.
 */
export async function ensureSource(
  database: Database,
  org: number,
  description: Pick<Source, 'name' | 'kind' | 'interval' | 'location'>,
): Promise<Source> {
  const { name, kind, interval, location } = description;
  const other = await database
    .selectFrom('source')
    .innerJoin('series', 'series.source', 'source.number')
    .select('source.interval')
    .where('source.org', '=', org)
    .where('source.name', '=', name)
    .where('source.interval', 'is distinct from', interval)
    .executeTakeFirst();
  if (other) {
    throw new IntervalChanged(
      `${name} has history with an interval of ${other.interval ?? 'any'} ms, and ${interval ?? 'any'} ms is configured now; set it back, or give the source another name`,
    );
  }
  await database
    .insertInto('source')
    .values({ org, name, kind, interval, location })
    .onConflict((conflict) => conflict.columns(['org', 'name']).doUpdateSet({ kind, interval, location }))
    .execute();
  const row = await database
    .selectFrom('source')
    .selectAll()
    .where('org', '=', org)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return toSource(row);
}

export async function listSources(database: Database, org: number): Promise<readonly Source[]> {
  const rows = await database.selectFrom('source').selectAll().where('org', '=', org).orderBy('name').execute();
  return rows.map(toSource);
}

/** Those of some sources, by their numbers, that there are. */
export async function findSources(
  database: Database,
  org: number,
  numbers: readonly number[],
): Promise<readonly Source[]> {
  const found: Source[] = [];
  for (let start = 0; start < numbers.length; start += 500) {
    const rows = await database
      .selectFrom('source')
      .selectAll()
      .where('org', '=', org)
      .where('number', 'in', numbers.slice(start, start + 500))
      .execute();
    found.push(...rows.map(toSource));
  }
  return found;
}

export async function findSource(database: Database, org: number, number: number): Promise<Source | undefined> {
  const row = await database
    .selectFrom('source')
    .selectAll()
    .where('org', '=', org)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && toSource(row);
}

/** What became of the last attempt to read a source; fields left out stay. */
export type SourceAttempt = Partial<
  Pick<
    Source,
    'lastAttemptAt' | 'lastSuccessAt' | 'lastError' | 'failingSince' | 'nextAttemptAt' | 'cadence' | 'clockSkew'
  >
>;

export async function recordAttempt(
  database: Database,
  org: number,
  source: number,
  attempt: SourceAttempt,
): Promise<void> {
  const columns = {
    last_attempt_at: attempt.lastAttemptAt,
    last_success_at: attempt.lastSuccessAt,
    last_error: attempt.lastError,
    failing_since: attempt.failingSince,
    next_attempt_at: attempt.nextAttemptAt,
    cadence: attempt.cadence,
    clock_skew: attempt.clockSkew,
  };
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length === 0) return;
  await database.updateTable('source').set(given).where('org', '=', org).where('number', '=', source).execute();
}

/** The public id of a series: the same wherever the same name lands in the same org. 80 bits of SHA-256 in base 32. */
export function seriesId(orgId: string, metric: string, labels: Labels): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([orgId, metric, canonicalLabels(labels)]))
    .digest();
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  let id = '';
  for (let bit = 0; bit < 80; bit += 5) {
    const pair = ((digest[bit >> 3] as number) << 8) | (digest[(bit >> 3) + 1] as number);
    id += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return id;
}

/** Two sources land samples under one name; their stamps would overwrite each other. The message names both the series and the mend. */
export class SeriesOfAnotherSource extends Error {}

/**
 * Finds or creates series of one source, in the order given. A changed title, unit or interval is taken over. Throws
 * `SeriesOfAnotherSource` when one of them belongs to another source.
 */
export async function ensureSeries(
  database: Database,
  org: Org,
  source: Source,
  descriptions: readonly SeriesDescription[],
  now: Instant,
): Promise<readonly Series[]> {
  const rows = descriptions.map(({ metric, labels, kind, unit, title }) => ({
    org: org.number,
    id: seriesId(org.id, metric, labels),
    source: source.number,
    metric,
    labels: canonicalLabels(labels),
    kind,
    unit,
    title,
    interval: source.interval,
    version: 1,
    last_at: null,
    created_at: now,
  }));
  const found = new Map<string, Series>();
  for (let start = 0; start < rows.length; start += 500) {
    const part = rows.slice(start, start + 500);
    await database
      .insertInto('series')
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(['org', 'id']).doUpdateSet((excluded) => ({
          title: excluded.ref('excluded.title'),
          unit: excluded.ref('excluded.unit'),
          interval: excluded.ref('excluded.interval'),
        })),
      )
      .execute();
    const stored = await database
      .selectFrom('series')
      .selectAll()
      .where('org', '=', org.number)
      .where(
        'id',
        'in',
        part.map(({ id }) => id),
      )
      .execute();
    for (const row of stored) {
      if (row.source !== source.number) {
        const name = `${row.metric} ${row.labels}`;
        throw new SeriesOfAnotherSource(
          `the series ${name} belongs to another source already; give it another metric or label in ${source.name}`,
        );
      }
      found.set(row.id, toSeries(row));
    }
  }
  return rows.map(({ id }) => found.get(id) as Series);
}

export async function findSeries(database: Database, org: number, id: string): Promise<Series | undefined> {
  const row = await database
    .selectFrom('series')
    .selectAll()
    .where('org', '=', org)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toSeries(row);
}

export interface SeriesFilter {
  readonly metric?: string;
  readonly source?: number;
  /** Part of the metric, the title or the labels, in any case. */
  readonly search?: string;
  readonly limit: number;
  /** By metric and labels, or with the most recently sampled first and, of those, the ones without labels. */
  readonly order: 'name' | 'recent';
  /** Continue after this place: the last series seen. */
  readonly after?: SeriesPlace;
}

export interface SeriesPlace {
  readonly metric: string;
  /** Canonical. */
  readonly labels: string;
  readonly lastAt: Instant | null;
}

/** Series of an org, in pages. */
export async function listSeries(database: Database, org: number, filter: SeriesFilter): Promise<readonly Series[]> {
  let query = database.selectFrom('series').selectAll().where('org', '=', org);
  if (filter.metric !== undefined) query = query.where('metric', '=', filter.metric);
  if (filter.source !== undefined) query = query.where('source', '=', filter.source);
  if (filter.search) {
    const pattern = `%${filter.search.toLowerCase().replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
    query = query.where(({ eb, or }) =>
      or(
        (['metric', 'title', 'labels'] as const).map((column) => eb(eb.fn<string>('lower', [column]), 'like', pattern)),
      ),
    );
  }
  const { after, order } = filter;
  const lastAt = sql<number>`coalesce(last_at, -1)`;
  if (after && order === 'name') {
    query = query.where(({ eb, or, and }) =>
      or([eb('metric', '>', after.metric), and([eb('metric', '=', after.metric), eb('labels', '>', after.labels)])]),
    );
  }
  if (after && order === 'recent') {
    const at = after.lastAt ?? -1;
    query = query.where(({ eb, or, and }) =>
      or([
        eb(lastAt, '<', at),
        and([eb(lastAt, '=', at), eb('labels', '<', after.labels)]),
        and([eb(lastAt, '=', at), eb('labels', '=', after.labels), eb('metric', '>', after.metric)]),
      ]),
    );
  }
  query =
    order === 'name'
      ? query.orderBy('metric').orderBy('labels')
      : query.orderBy(lastAt, 'desc').orderBy('labels', 'desc').orderBy('metric');
  const rows = await query.limit(filter.limit).execute();
  return rows.map(toSeries);
}

/** Counts a change of each series and moves the stamp of its newest sample forward; an older stamp leaves it where it is. */
export async function recordChanges(database: Database, newest: ReadonlyMap<number, Instant>): Promise<void> {
  const entries = [...newest];
  for (let start = 0; start < entries.length; start += 200) {
    const rows = entries
      .slice(start, start + 200)
      .map(([number, at]) => sql`select cast(${number} as bigint) as number, cast(${at} as bigint) as at`);
    await sql`
      update series set changes = series.changes + 1,
        last_at = case when coalesce(series.last_at, -1) < newest.at then newest.at else series.last_at end
      from (${sql.join(rows, sql` union all `)}) as newest where series.number = newest.number`.execute(database);
  }
}

/** How many series each source of an org has, by the source's number. */
export async function countSeriesBySource(database: Database, org: number): Promise<ReadonlyMap<number, number>> {
  const rows = await database
    .selectFrom('series')
    .select(({ fn }) => ['source', fn.countAll<number>().as('count')])
    .where('org', '=', org)
    .groupBy('source')
    .execute();
  return new Map(rows.map(({ source, count }) => [source, Number(count)]));
}

export async function countSeries(database: Database, org: number): Promise<number> {
  const { count } = await database
    .selectFrom('series')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('org', '=', org)
    .executeTakeFirstOrThrow();
  return Number(count);
}

function toSource(
  row: { [Column in keyof SourceTable]: Column extends 'number' ? number : SourceTable[Column] },
): Source {
  return {
    number: row.number,
    org: row.org,
    name: row.name,
    kind: row.kind,
    interval: row.interval,
    location: row.location,
    rawFrom: row.raw_from,
    lastAttemptAt: row.last_attempt_at,
    lastSuccessAt: row.last_success_at,
    lastError: row.last_error,
    failingSince: row.failing_since,
    nextAttemptAt: row.next_attempt_at,
    cadence: row.cadence,
    clockSkew: row.clock_skew,
  };
}

function toSeries(
  row: { [Column in keyof SeriesTable]: Column extends 'number' | 'changes' ? number : SeriesTable[Column] },
): Series {
  return {
    number: row.number,
    id: row.id,
    sourceNumber: row.source,
    metric: row.metric,
    labels: JSON.parse(row.labels) as Labels,
    kind: row.kind as SeriesKind,
    unit: row.unit,
    title: row.title,
    interval: row.interval,
    version: row.version,
    lastAt: row.last_at,
    changes: row.changes,
  };
}
