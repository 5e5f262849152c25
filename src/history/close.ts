import { covers, gaps } from '../domain/intervals.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Clock, Interval } from '../domain/time.ts';
import type { Org, Source } from '../store/catalog.ts';
import type { Database, Engine } from '../store/engine.ts';
import { appendToFeed } from '../store/feed.ts';
import { holdSource, readClosed, readLedger, writeClosed, writeLedger } from '../store/knowledge.ts';

/**
 * Closes a range of a source for good, once its finality rule says so: from here on its buckets change only by restatement.
 * Closing twice says nothing to anyone. With `hole`, what was not asked between the first and the last data of the source is
 * recorded as empty, with these words: of a source that nobody can ask, an end of waiting is the only answer.
 */
export async function close(
  engine: Engine,
  org: Org,
  source: Source,
  range: Interval,
  clock: Clock,
  hole?: string,
): Promise<void> {
  await engine.write(async (writer) => {
    if (covers(await readClosed(writer.database, source.number), range)) return;
    if (hole !== undefined) await fillHoles(writer.database, source.number, range, hole);
    await writeClosed(writer.database, source.number, range);
    await appendToFeed(writer, org.number, 'closed', { source: source.name, ...range }, clock.now());
  });
}

async function fillHoles(database: Database, source: number, range: Interval, detail: string): Promise<void> {
  await holdSource(database, source);
  const ledger = await readLedger(database, source);
  const first = ledger[0];
  const last = ledger.at(-1);
  if (!first || !last) return;
  const between = { from: Math.max(range.from, first.from), to: Math.min(range.to, last.to) };
  const holes = gaps(ledger, between).map(
    ({ from, to }): LedgerEntry => ({ from, to, state: 'empty', attempts: 1, detail }),
  );
  await writeLedger(database, source, holes);
}
