import type { ExtractedPoint, Extraction, Extractor } from './extractor.ts';

const LISTS = ['streams', 'coins', 'items'] as const;
const VIEWERS = ['num_participants', 'viewers', 'viewer_count'] as const;
const LONGEST_ID = 500;
const LONGEST_TITLE = 200;

type Row = { readonly mint?: unknown; readonly id?: unknown } & Readonly<Record<string, unknown>>;

/**
 * The ready-made extractor for snapshots of a streaming platform: a list of live streams, as the body itself or under
 * `streams`, `coins` or `items`, each with an id (`mint` or `id`), viewers (`num_participants`, `viewers` or `viewer_count`) and a
 * name (`name` or `title`). Gives `<archive>.viewers`, `<archive>.streams` and `<archive>.stream.viewers{stream=ID}`.
 * Rows that cannot be read are left out of all three, and named; of an id that comes twice the first row counts.
 */
export function platformSnapshot(archive: string): Extractor {
  const [viewers, streams, perStream] = [`${archive}.viewers`, `${archive}.streams`, `${archive}.stream.viewers`];
  return (snapshot): Extraction => {
    const rows = listOf(snapshot);
    const points: ExtractedPoint[] = [];
    const rejected: string[] = [];
    const seen = new Set<string>();
    let total = 0;
    for (const [index, row] of rows.entries()) {
      const stream = idOf(row);
      const value = stream === undefined ? undefined : viewersOf(row);
      if (stream === undefined) rejected.push(`row ${index}: no id`);
      else if (value === undefined) rejected.push(`row ${index} (${stream}): no number of viewers`);
      else if (seen.has(stream)) rejected.push(`row ${index} (${stream}): this id came before`);
      else {
        seen.add(stream);
        total += value;
        points.push({ metric: perStream, labels: { stream }, unit: 'viewers', title: titleOf(row, stream), value });
      }
    }
    if (rows.length > 0 && seen.size === 0) throw new Error(`no row could be read; ${rejected[0]}`);
    points.push({ metric: viewers, unit: 'viewers', title: `${archive}: viewers of all streams`, value: total });
    points.push({ metric: streams, unit: 'streams', title: `${archive}: live streams`, value: seen.size });
    return { points, rejected };
  };
}

function listOf(snapshot: unknown): readonly Row[] {
  if (Array.isArray(snapshot)) return snapshot;
  if (typeof snapshot === 'object' && snapshot !== null) {
    for (const name of LISTS) {
      const list = (snapshot as Row)[name];
      if (Array.isArray(list)) return list;
    }
  }
  throw new Error(`the snapshot is no list of streams and has none under ${LISTS.join(', ')}`);
}

function idOf(row: Row | null): string | undefined {
  const id = row?.mint ?? row?.id;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  return typeof id === 'string' && id !== '' && id.length <= LONGEST_ID ? id : undefined;
}

function viewersOf(row: Row): number | undefined {
  for (const name of VIEWERS) {
    const value = row[name];
    if (value === undefined || value === null) continue;
    // Some platforms send numbers as text; an empty text is not zero.
    const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
  }
  return undefined;
}

function titleOf(row: Row, id: string): string {
  for (const name of ['name', 'title']) {
    const title = row[name];
    if (typeof title === 'string' && title.trim() !== '') return title.trim().slice(0, LONGEST_TITLE);
  }
  return id;
}
