import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { WindowName } from '../domain/windows.ts';
import type { Database } from './engine.ts';
import { type PublishableSeries, publishable, publishableOfAll, toPublishable } from './publishable-series.ts';

/** A window of a series as it was last published, and how building it goes. */
export interface Publication {
  readonly window: WindowName;
  /** Changes of the series and its dimensions that the published version holds: as many as there are, and nothing is newer. */
  readonly changes: number;
  readonly versionId: string | null;
  readonly generatedAt: Instant | null;
  /** End of the window. */
  readonly to: Instant | null;
  readonly samples: number | null;
  /** Milliseconds. */
  readonly buildDuration: number | null;
  readonly failingSince: Instant | null;
  readonly failures: number;
  readonly reason: string | null;
  readonly leaseUntil: Instant | null;
}

/** What is published of series, by their numbers. */
export async function readPublications(
  database: Database,
  series: readonly number[],
): Promise<ReadonlyMap<number, readonly Publication[]>> {
  const found: { series: number; publication: Publication }[] = [];
  for (let start = 0; start < series.length; start += 500) {
    const rows = await database
      .selectFrom('publication')
      .selectAll()
      .where('series', 'in', series.slice(start, start + 500))
      .execute();
    found.push(...rows.map((row) => ({ series: Number(row.series), publication: toPublication(row) })));
  }
  const grouped = Map.groupBy(found, (row) => row.series);
  return new Map([...grouped].map(([number, rows]) => [number, rows.map(({ publication }) => publication)]));
}

/** Publications of an org: failing ones first, then by the duration of their build. */
export async function listPublications(
  database: Database,
  org: number,
  limit: number,
): Promise<readonly { readonly series: PublishableSeries; readonly publication: Publication }[]> {
  const rows = await publishable(database, org)
    .innerJoin('publication', 'publication.series', 'series.number')
    .select([
      'publication.window',
      'publication.changes as published',
      'publication.version_id',
      'publication.generated_at',
      'publication.to_at',
      'publication.samples',
      'publication.build_duration',
      'publication.failing_since',
      'publication.failures',
      'publication.reason',
      'publication.lease_until',
    ])
    .orderBy(sql`case when publication.failures > 0 then 0 else 1 end`)
    .orderBy(sql`coalesce(publication.build_duration, -1) desc`)
    .orderBy('series.number')
    .orderBy('publication.window')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    series: toPublishable(row),
    publication: toPublication({ ...row, changes: row.published }),
  }));
}

export async function countPublications(
  database: Database,
  org: number,
): Promise<{ readonly total: number; readonly failing: number }> {
  const { total, failing } = await database
    .selectFrom('publication')
    .innerJoin('series', 'series.number', 'publication.series')
    .select(({ fn }) => [
      fn.countAll<number>().as('total'),
      sql<number>`coalesce(sum(case when publication.failures > 0 then 1 else 0 end), 0)`.as('failing'),
    ])
    .where('series.org', '=', org)
    .executeTakeFirstOrThrow();
  return { total: Number(total), failing: Number(failing) };
}

/** How many windows of all orgs failed to build the last time. */
export async function countFailing(database: Database): Promise<number> {
  const { failing } = await database
    .selectFrom('publication')
    .select(({ fn }) => fn.countAll<number>().as('failing'))
    .where('failures', '>', 0)
    .executeTakeFirstOrThrow();
  return Number(failing);
}

/** By window, when the oldest published version of all orgs was built that newer samples wait for; windows without any are absent. */
export async function oldestBehind(database: Database): Promise<ReadonlyMap<WindowName, Instant>> {
  const rows = await database
    .selectFrom(
      publishableOfAll(database)
        .innerJoin('publication', 'publication.series', 'series.number')
        .select(['publication.window', 'publication.changes as published', 'publication.generated_at as builtAt'])
        .as('kept'),
    )
    .select(({ fn }) => ['kept.window', fn.min<number>('kept.builtAt').as('oldest')])
    .whereRef('kept.published', '<>', 'kept.changes')
    .where('kept.builtAt', 'is not', null)
    .groupBy('kept.window')
    .execute();
  return new Map(rows.map(({ window, oldest }) => [window as WindowName, Number(oldest)]));
}

/**
 * Takes the building of a window for `owner`; undefined while another holds it. Returns what is published until now, so that a window that
 * somebody else has just built is not built again.
 */
export async function claimPublication(
  database: Database,
  series: number,
  window: WindowName,
  owner: string,
  leaseUntil: Instant,
  now: Instant,
): Promise<Publication | undefined> {
  const row = await database
    .insertInto('publication')
    .values({ series, window, changes: -1, failures: 0, lease_owner: owner, lease_until: leaseUntil })
    .onConflict((conflict) =>
      conflict
        .columns(['series', 'window'])
        .doUpdateSet({ lease_owner: owner, lease_until: leaseUntil })
        .where(({ eb, or }) =>
          or([
            eb('publication.lease_until', 'is', null),
            eb('publication.lease_until', '<', now),
            // What an owner could not give back, because the store was gone, is still its own.
            eb('publication.lease_owner', '=', owner),
          ]),
        ),
    )
    .returningAll()
    .executeTakeFirst();
  return row && toPublication(row);
}

/** The building of a window that somebody holds. */
export interface Held {
  readonly series: number;
  readonly window: WindowName;
  readonly owner: string;
}

const isHeld = ({ series, window, owner }: Held) =>
  sql<boolean>`series = ${series} and "window" = ${window} and lease_owner = ${owner}`;

/** Holds on to a window; false when the lease was lost to another. */
export async function keepPublication(database: Database, held: Held, leaseUntil: Instant): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('publication')
    .set({ lease_until: leaseUntil })
    .where(isHeld(held))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Gives a window back as it was. */
export async function releasePublication(database: Database, held: Held): Promise<void> {
  await database.updateTable('publication').set({ lease_owner: null, lease_until: null }).where(isHeld(held)).execute();
}

/** What a good build made of a window. */
export type Published = Pick<Publication, 'changes' | 'samples' | 'buildDuration'> & {
  readonly versionId: string;
  readonly generatedAt: Instant;
  readonly to: Instant;
};

/** Records a published version and gives the window back. False when the lease was lost meanwhile; then nothing is recorded. */
export async function recordPublished(database: Database, held: Held, published: Published): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('publication')
    .set({
      changes: published.changes,
      version_id: published.versionId,
      generated_at: published.generatedAt,
      to_at: published.to,
      samples: published.samples,
      build_duration: published.buildDuration,
      failing_since: null,
      failures: 0,
      reason: null,
      lease_owner: null,
      lease_until: null,
    })
    .where(isHeld(held))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Records that a build failed, and gives the window back; the version before stays. */
export async function recordFailed(database: Database, held: Held, reason: string, now: Instant): Promise<void> {
  await database
    .updateTable('publication')
    .set(({ fn, eb, val }) => ({
      failing_since: fn.coalesce('failing_since', val(now)),
      failures: eb('failures', '+', 1),
      reason,
      lease_owner: null,
      lease_until: null,
    }))
    .where(isHeld(held))
    .execute();
}

/** Says that windows hold all changes of a series: what landed lies outside of them. Nothing happens to one that moved on meanwhile. */
export async function recordUntouched(
  database: Database,
  series: number,
  windows: readonly WindowName[],
  before: number,
  changes: number,
): Promise<void> {
  await database
    .updateTable('publication')
    .set({ changes })
    .where('series', '=', series)
    .where('window', 'in', [...windows])
    .where('changes', '=', before)
    .execute();
}

/** Forgets windows of series that are no longer published; one that somebody builds just now stays. */
export async function forgetPublications(
  database: Database,
  window: WindowName,
  series: readonly number[],
): Promise<void> {
  for (let start = 0; start < series.length; start += 500) {
    await database
      .deleteFrom('publication')
      .where('window', '=', window)
      .where('series', 'in', series.slice(start, start + 500))
      .where('lease_until', 'is', null)
      .execute();
  }
}

interface PublicationRow {
  readonly window: string;
  readonly changes: number | bigint;
  readonly version_id: string | null;
  readonly generated_at: number | null;
  readonly to_at: number | null;
  readonly samples: number | null;
  readonly build_duration: number | null;
  readonly failing_since: number | null;
  readonly failures: number;
  readonly reason: string | null;
  readonly lease_until: number | null;
}

const toPublication = (row: PublicationRow): Publication => ({
  window: row.window as WindowName,
  changes: Number(row.changes),
  versionId: row.version_id,
  generatedAt: row.generated_at,
  to: row.to_at,
  samples: row.samples,
  buildDuration: row.build_duration,
  failingSince: row.failing_since,
  failures: row.failures,
  reason: row.reason,
  leaseUntil: row.lease_until,
});
