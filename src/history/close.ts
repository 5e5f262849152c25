import { covers } from '../domain/intervals.ts';
import type { Clock, Interval } from '../domain/time.ts';
import type { Org, Source } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { appendToFeed } from '../store/feed.ts';
import { readClosed, writeClosed } from '../store/knowledge.ts';

/**
 * Closes a range of a source for good, once its finality rule says so: from here on its buckets change only by restatement.
 * Closing twice says nothing to anyone.
 */
export async function close(engine: Engine, org: Org, source: Source, range: Interval, clock: Clock): Promise<void> {
  await engine.write(async (writer) => {
    if (covers(await readClosed(writer.database, source.number), range)) return;
    await writeClosed(writer.database, source.number, range);
    await appendToFeed(writer, org.number, 'closed', { source: source.name, ...range }, clock.now());
  });
}
