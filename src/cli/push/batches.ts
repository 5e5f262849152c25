import type { Format } from '../../sources/push/formats.ts';
import { defaultMetric } from './default-metric.ts';
import { type Row, rowCutter } from './rows.ts';

/** Samples that are sent as one request. */
export interface PushBatch {
  readonly body: string;
  /** The line of the whole input in which a line of the body begins; both from 1. */
  lineOf(line: number): number;
  readonly rows: number;
}

const MOST_BYTES = 1024 * 1024;
const MOST_ROWS = 20_000;

/**
 * Cuts an input into bodies of about a megabyte. Each body of CSV begins with the row that names the columns; lists of JSON become lines.
 * `metric` is given to samples that name none.
 */
export async function* batchesOf(
  pieces: AsyncIterable<string>,
  format: Format,
  metric: string | undefined,
): AsyncGenerator<PushBatch> {
  const cutter = rowCutter(format);
  const named = defaultMetric(format, metric);
  let header: string | undefined;
  let rows: Row[] = [];
  let bytes = 0;
  const finish = (): PushBatch => {
    const head = header === undefined ? [] : [{ text: header, line: 1 }];
    const all = [...head, ...rows];
    const batch = {
      body: `${all.map(({ text }) => text).join('\n')}\n`,
      lineOf: (line: number) => all[line - 1]?.line ?? line,
      rows: rows.length,
    };
    rows = [];
    bytes = 0;
    return batch;
  };
  const take = function* (cut: readonly Row[]): Generator<PushBatch> {
    for (const row of cut) {
      if (format === 'csv' && header === undefined) {
        if (row.text.trim() !== '') header = named(row.text, true);
        continue;
      }
      const text = named(row.text, false);
      rows.push({ text, line: row.line });
      bytes += text.length;
      if (bytes >= MOST_BYTES || rows.length >= MOST_ROWS) yield finish();
    }
  };
  for await (const piece of pieces) yield* take(cutter.write(piece));
  yield* take(cutter.end());
  if (rows.length > 0) yield finish();
}
