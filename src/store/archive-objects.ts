import type { Instant, Interval } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** What became of one object of an archive. `read` is for good: its samples are in the store. */
export interface ArchiveObjectRecord {
  readonly key: string;
  /** The time in its key. */
  readonly at: Instant;
  readonly state: 'read' | 'failed';
  /** How often it was read. */
  readonly attempts: number;
  /** Why it failed, or which of its rows were left out. */
  readonly detail: string | null;
  readonly bytes: number;
  readonly etag: string;
  readonly readAt: Instant;
}

/** The objects of a source whose time lies in a range, by key. */
export async function findArchiveObjects(
  database: Database,
  source: number,
  range: Interval,
): Promise<ReadonlyMap<string, ArchiveObjectRecord>> {
  const rows = await database
    .selectFrom('archive_object')
    .selectAll()
    .where('source', '=', source)
    .where('at', '>=', range.from)
    .where('at', '<', range.to)
    .execute();
  return new Map(
    rows.map(({ key, at, state, attempts, detail, bytes, etag, read_at }) => [
      key,
      { key, at, state: state as 'read' | 'failed', attempts, detail, bytes, etag: etag ?? '', readAt: read_at },
    ]),
  );
}

/** Records objects, inside the transaction that lands their samples. An object once read stays read. */
export async function recordArchiveObjects(
  database: Database,
  source: number,
  records: readonly ArchiveObjectRecord[],
): Promise<void> {
  for (let start = 0; start < records.length; start += 500) {
    const rows = records
      .slice(start, start + 500)
      .map(({ readAt, ...record }) => ({ source, ...record, read_at: readAt }));
    await database
      .insertInto('archive_object')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['source', 'key'])
          .doUpdateSet(({ ref }) => ({
            state: ref('excluded.state'),
            attempts: ref('excluded.attempts'),
            detail: ref('excluded.detail'),
            bytes: ref('excluded.bytes'),
            etag: ref('excluded.etag'),
            read_at: ref('excluded.read_at'),
          }))
          .where('archive_object.state', '=', 'failed'),
      )
      .execute();
  }
}
