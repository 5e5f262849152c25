import { type IntervalSet, unite } from '../domain/intervals.ts';
import { type LedgerEntry, type LedgerState, recordInLedger } from '../domain/ledger.ts';
import type { Interval } from '../domain/time.ts';
import type { Database } from './engine.ts';

/** The ledger entries of a source that overlap or touch a range (all when none is given), in order of time. */
export async function readLedger(
  database: Database,
  source: number,
  range?: Interval,
): Promise<readonly LedgerEntry[]> {
  let query = database.selectFrom('ledger').selectAll().where('source', '=', source);
  if (range) query = query.where('to_at', '>=', range.from).where('from_at', '<=', range.to);
  const rows = await query.orderBy('from_at').execute();
  return rows.map((row) => ({
    from: row.from_at,
    to: row.to_at,
    state: row.state as LedgerState,
    attempts: row.attempts,
    detail: row.detail,
  }));
}

/** Records entries, in order, into the ledger of a source. Rewrites only the rows that they touch; returns whether anything changed. */
export async function writeLedger(
  database: Database,
  source: number,
  entries: readonly LedgerEntry[],
): Promise<boolean> {
  const span = spanOf(entries);
  if (!span) return false;
  await holdSource(database, source);
  const before = await readLedger(database, source, span);
  let after: readonly LedgerEntry[] = before;
  for (const entry of entries) after = recordInLedger(after, entry);
  if (sameEntries(before, after)) return false;
  await database
    .deleteFrom('ledger')
    .where('source', '=', source)
    .where('to_at', '>=', span.from)
    .where('from_at', '<=', span.to)
    .execute();
  for (let start = 0; start < after.length; start += 500) {
    const rows = after
      .slice(start, start + 500)
      .map(({ from, to, state, attempts, detail }) => ({ source, from_at: from, to_at: to, state, attempts, detail }));
    await database.insertInto('ledger').values(rows).execute();
  }
  return true;
}

/** The ranges of a source that are closed: their buckets change only by restatement. */
export async function readClosed(database: Database, source: number): Promise<IntervalSet> {
  const rows = await database
    .selectFrom('closed')
    .selectAll()
    .where('source', '=', source)
    .orderBy('from_at')
    .execute();
  return rows.map((row) => ({ from: row.from_at, to: row.to_at }));
}

/** Closes a range of a source for good. */
export async function writeClosed(database: Database, source: number, range: Interval): Promise<void> {
  await holdSource(database, source);
  const touching = database
    .selectFrom('closed')
    .selectAll()
    .where('source', '=', source)
    .where('to_at', '>=', range.from)
    .where('from_at', '<=', range.to);
  const rows = await touching.execute();
  const [joined] = unite([range, ...rows.map((row) => ({ from: row.from_at, to: row.to_at }))]);
  if (!joined) return;
  await database
    .deleteFrom('closed')
    .where('source', '=', source)
    .where('to_at', '>=', range.from)
    .where('from_at', '<=', range.to)
    .execute();
  await database.insertInto('closed').values({ source, from_at: joined.from, to_at: joined.to }).execute();
}

/** What is known of a source is read, changed and written back: writers take turns, source by source, until they commit. */
export async function holdSource(database: Database, source: number): Promise<void> {
  await database
    .updateTable('source')
    .set(({ ref }) => ({ name: ref('name') }))
    .where('number', '=', source)
    .execute();
}

function spanOf(ranges: readonly Interval[]): Interval | undefined {
  if (ranges.length === 0) return undefined;
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

const sameEntries = (a: readonly LedgerEntry[], b: readonly LedgerEntry[]): boolean =>
  a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
