import { closest } from '../../domain/closest.ts';
import { type Instant, isPlausibleInstant } from '../../domain/time.ts';
import type { ForeignRow } from './row-source.ts';

const FIELDS = ['id', 'stream', 'type', 'actor', 'subject', 'time'] as const;
type Field = (typeof FIELDS)[number];

/** What columns of such tables are usually called; the first that is there is taken. */
const USUAL: Readonly<Record<Field, readonly string[]>> = {
  id: ['id', 'event_id', 'log_id'],
  stream: ['guild_id', 'stream'],
  type: ['action', 'type', 'event_type'],
  actor: ['actor_id', 'moderator_id', 'actor', 'user_id'],
  subject: ['subject_id', 'app_id', 'application_id', 'subject', 'target_id'],
  time: ['created_at_s', 'created_at_ms', 'created_at', 'timestamp', 'time'],
};

/** Which column gives which field of an event; every other column becomes an attribute. */
export type ColumnMap = Readonly<Partial<Record<Field, string>>>;

/**
 * Settles which columns are meant: those named in `given` (`actor=moderator_id,time=created_at_s`), else the usual ones. Throws a RangeError
 * that names what is missing or unknown.
 */
export function settleColumns(given: string | undefined, columns: readonly string[], hasStream: boolean): ColumnMap {
  const map: Partial<Record<Field, string>> = {};
  for (const field of FIELDS) {
    const usual = USUAL[field].find((name) => columns.includes(name));
    if (usual !== undefined) map[field] = usual;
  }
  for (const part of (given ?? '').split(',').filter((text) => text.trim() !== '')) {
    const [field = '', column = ''] = part.split('=').map((text) => text.trim());
    if (!(FIELDS as readonly string[]).includes(field))
      throw new RangeError(`${JSON.stringify(field)} is no field of an event; there are ${FIELDS.join(', ')}`);
    if (!columns.includes(column)) {
      const near = closest(column, columns);
      throw new RangeError(
        `there is no column ${JSON.stringify(column)}; ${near ? `did you mean ${near}? ` : ''}there are ${columns.join(', ')}`,
      );
    }
    map[field as Field] = column;
  }
  const missing = (['id', 'type', 'time', ...(hasStream ? [] : ['stream'])] as Field[]).filter(
    (field) => map[field] === undefined,
  );
  if (missing.length > 0) {
    const wish = missing.map((field) => `${field}=COLUMN`).join(',');
    throw new RangeError(
      `say which column holds ${missing.join(' and ')}: --columns ${wish}; there are ${columns.join(', ')}`,
    );
  }
  return map;
}

/** The fields of an event in a row, to be checked like those of any sender. */
export function eventOfRow(row: ForeignRow, map: ColumnMap, stream: string | undefined): Record<string, unknown> {
  const named = new Set(Object.values(map));
  const value = (field: Field): unknown => (map[field] === undefined ? undefined : row[map[field]]);
  const attributes: Record<string, unknown> = {};
  for (const [column, cell] of Object.entries(row)) {
    if (!named.has(column) && cell !== null) attributes[column] = plain(cell);
  }
  return {
    id: textOf(value('id')),
    stream: stream ?? textOf(value('stream')),
    type: textOf(value('type')),
    actor: textOf(value('actor')),
    subject: textOf(value('subject')),
    time: instantOf(value('time'), map.time ?? ''),
    attributes,
  };
}

/** The key of a row as text. */
export const keyOfRow = (row: ForeignRow, column: string): string => textOf(row[column]) ?? '';

function textOf(cell: unknown): string | null {
  if (cell === null || cell === undefined || cell === '') return null;
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

/** Seconds and milliseconds are told apart by the column's name, else by their size: milliseconds since 1973 have 12 digits. */
function instantOf(cell: unknown, column: string): Instant | string | undefined {
  if (cell instanceof Date) return cell.getTime();
  const text = String(cell ?? '');
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    const isSeconds = column.endsWith('_s') || (!column.endsWith('_ms') && number < 1e11);
    const instant = Math.floor(isSeconds ? number * 1_000 : number);
    return isPlausibleInstant(instant) ? instant : undefined;
  }
  // As SQLite writes its own time, which is UTC.
  if (/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) return `${text.replace(' ', 'T')}Z`;
  return text;
}

/** A cell as JSON keeps it. Texts that are JSON objects become such. */
function plain(cell: unknown): unknown {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  if (cell instanceof Date) return cell.toISOString();
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('base64');
  if (typeof cell !== 'string' || !/^\s*[{[]/.test(cell)) return cell;
  try {
    return JSON.parse(cell, (_key, value, context?: { source?: string }) =>
      typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
        ? (context?.source ?? String(value))
        : value,
    );
  } catch {
    return cell;
  }
}
