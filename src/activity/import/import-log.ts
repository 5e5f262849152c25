import type { Clock } from '../../domain/time.ts';
import type { Org } from '../../store/catalog.ts';
import type { Engine } from '../../store/engine.ts';
import { readImport, writeImport } from '../../store/log-imports.ts';
import { checkEvent, type LogEvent } from '../event.ts';
import { landEvents } from '../land-events.ts';
import type { Projection } from '../projection.ts';
import { type ColumnMap, eventOfRow, keyOfRow } from './column-map.ts';
import type { RowSource } from './row-source.ts';

export interface ImportOptions {
  readonly columns: ColumnMap;
  /** The log of all rows; without it that of their column. */
  readonly stream?: string;
  /** From the first row on, whatever was imported before; what is stored already stays as it is. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

export interface ImportReport {
  readonly read: number;
  readonly accepted: number;
  readonly duplicates: number;
  /** The first 20 rows that are no events, with why. */
  readonly refused: readonly { readonly key: string; readonly reason: string }[];
  readonly refusedCount: number;
}

const BATCH = 2_000;
const MOST_REFUSED = 20;

/**
 * Brings rows of a foreign table into logs, from where the import before ended: the key is the column of the id, which must grow with time.
 * May be interrupted and repeated; events are stored once. Throws `StoreUnavailable` and what the source throws.
 */
export async function importLog(
  engine: Engine,
  org: Org,
  source: RowSource,
  projections: readonly Projection[],
  clock: Clock,
  { columns, stream, again = false, signal, onProgress }: ImportOptions,
): Promise<ImportReport> {
  const key = columns.id as string;
  const before = await readImport(engine.reader, org.number, source.name);
  let position = again ? null : (before?.position ?? null);
  let total = before?.events ?? 0;
  const rows = await source.count(key, position);
  const report = { read: 0, accepted: 0, duplicates: 0, refusedCount: 0 };
  const refused: ImportReport['refused'][number][] = [];
  const refuse = (at: string, reason: string): void => {
    report.refusedCount++;
    if (refused.length < MOST_REFUSED) refused.push({ key: at, reason });
  };
  while (!signal?.aborted) {
    const batch = await source.read(key, position, BATCH);
    const last = batch.at(-1);
    if (!last) break;
    const events: LogEvent[] = [];
    for (const row of batch) {
      const event = checkEvent(eventOfRow(row, columns, stream), clock.now());
      if ('reason' in event) refuse(keyOfRow(row, key), event.reason);
      else events.push(event);
    }
    const outcomes = await landEvents(engine, org, events, projections, clock);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === 'accepted') report.accepted++;
      else if (outcome === 'duplicate') report.duplicates++;
      else refuse(events[index]?.id ?? '', outcome.reason);
    }
    position = keyOfRow(last, key);
    report.read += batch.length;
    total += batch.length;
    await writeImport(engine, org.number, { source: source.name, position, events: total }, clock.now());
    onProgress?.(report.read, rows);
  }
  return { ...report, refused };
}
