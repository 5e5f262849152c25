import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts';
import type { Database, Writer } from './engine.ts';

/** The bucket sizes that events are counted by; a quarter of an hour is what zones of half hours need. */
export const ACTIVITY_LEVELS = [15 * MINUTE, HOUR, 6 * HOUR, DAY] as const;

/** Buckets of one level: a range of them, or these and no others. */
export interface BucketSelection {
  readonly level: number;
  readonly buckets: { readonly from: Instant; readonly to: Instant } | readonly Instant[];
}

/** `actor` is empty in counts of all. */
export interface EventCount {
  readonly level: number;
  readonly at: Instant;
  readonly actor: string;
  readonly type: string;
  readonly count: number;
}

/** `actor` is empty in latencies of all; `sum` and what is in the sketch are milliseconds. */
export interface StoredLatency {
  readonly level: number;
  readonly at: Instant;
  readonly actor: string;
  readonly count: number;
  readonly sum: number;
  readonly sketch: string;
}

/** Whether all events are meant, or those of each actor. */
type Each = 'all' | 'actor';
const eachOf = (each: Each): number => (each === 'all' ? 0 : 1);

export async function addEventCounts(writer: Writer, stream: number, counts: readonly EventCount[]): Promise<void> {
  await writer.insertRows(
    {
      table: 'event_count',
      columns: [
        ['stream', 'bigint'],
        ['level', 'bigint'],
        ['each', 'bigint'],
        ['at', 'bigint'],
        ['actor', 'text'],
        ['type', 'text'],
        ['count', 'bigint'],
      ],
      onConflict: `on conflict (stream, level, "each", at, actor, type)
        do update set count = event_count.count + excluded.count`,
    },
    counts.map(({ level, at, actor, type, count }) => [stream, level, actor === '' ? 0 : 1, at, actor, type, count]),
  );
}

export async function readEventCounts(
  database: Database,
  stream: number,
  each: Each,
  { level, buckets }: BucketSelection,
): Promise<readonly EventCount[]> {
  const query = database
    .selectFrom('event_count')
    .select(['level', 'at', 'actor', 'type', 'count'])
    .where('stream', '=', stream)
    .where('level', '=', level)
    .where('each', '=', eachOf(each));
  return 'from' in buckets
    ? query.where('at', '>=', buckets.from).where('at', '<', buckets.to).execute()
    : query.where('at', 'in', buckets).execute();
}

export async function readLatencies(
  database: Database,
  stream: number,
  pair: string,
  each: Each,
  { level, buckets }: BucketSelection,
): Promise<readonly StoredLatency[]> {
  const query = database
    .selectFrom('latency')
    .select(['level', 'at', 'actor', 'count', 'sum', 'sketch'])
    .where('stream', '=', stream)
    .where('pair', '=', pair)
    .where('level', '=', level)
    .where('each', '=', eachOf(each));
  return 'from' in buckets
    ? query.where('at', '>=', buckets.from).where('at', '<', buckets.to).execute()
    : query.where('at', 'in', buckets).execute();
}

/** Replaces latencies; those without any left are taken away. */
export async function writeLatencies(
  writer: Writer,
  stream: number,
  pair: string,
  latencies: readonly StoredLatency[],
): Promise<void> {
  await writer.insertRows(
    {
      table: 'latency',
      columns: [
        ['stream', 'bigint'],
        ['pair', 'text'],
        ['level', 'bigint'],
        ['each', 'bigint'],
        ['at', 'bigint'],
        ['actor', 'text'],
        ['count', 'bigint'],
        ['sum', 'bigint'],
        ['sketch', 'text'],
      ],
      onConflict: `on conflict (stream, pair, level, "each", at, actor)
        do update set count = excluded.count, sum = excluded.sum, sketch = excluded.sketch`,
    },
    latencies
      .filter(({ count }) => count > 0)
      .map((row) => [
        stream,
        pair,
        row.level,
        row.actor === '' ? 0 : 1,
        row.at,
        row.actor,
        row.count,
        row.sum,
        row.sketch,
      ]),
  );
  for (const { level, at, actor } of latencies.filter(({ count }) => count === 0)) {
    await writer.database
      .deleteFrom('latency')
      .where('stream', '=', stream)
      .where('pair', '=', pair)
      .where('level', '=', level)
      .where('each', '=', actor === '' ? 0 : 1)
      .where('at', '=', at)
      .where('actor', '=', actor)
      .execute();
  }
}

export async function clearEventCounts(database: Database, stream: number): Promise<void> {
  await database.deleteFrom('event_count').where('stream', '=', stream).execute();
}

export async function clearLatencies(database: Database, stream: number, pair: string): Promise<void> {
  await database.deleteFrom('latency').where('stream', '=', stream).where('pair', '=', pair).execute();
}
