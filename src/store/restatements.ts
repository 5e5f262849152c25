import type { Instant, Interval } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** Closed buckets of a series that changed after all. */
export interface Restatement extends Interval {
  /** The version that the series has from here on. */
  readonly version: number;
  readonly reason: string;
  readonly at: Instant;
}

/** The newest restatements of a series inside a range, newest first. */
export async function listRestatements(
  database: Database,
  series: number,
  range: Interval,
  limit: number,
): Promise<readonly Restatement[]> {
  const rows = await database
    .selectFrom('restatement')
    .selectAll()
    .where('series', '=', series)
    .where('to_at', '>', range.from)
    .where('from_at', '<', range.to)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    version: row.version,
    from: row.from_at,
    to: row.to_at,
    reason: row.reason,
    at: row.recorded_at,
  }));
}
