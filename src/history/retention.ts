import { covers } from '../domain/intervals.ts';
import { type Clock, DAY, floorTo, type Instant } from '../domain/time.ts';
import type { Org, Source } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { appendToFeed } from '../store/feed.ts';
import { readClosed } from '../store/knowledge.ts';

/** Series whose samples one transaction deletes, so that other writers get their turn. */
const SERIES_AT_ONCE = 50;

/**
 * Drops the raw samples of a source before a day, where its history is closed and rolled up: the rollups stay as they are for ever.
 * Returns the instant before which samples are gone, or null when nothing could be dropped. A source with samples a day or more
 * apart has no rollups and keeps all.
 */
export async function dropRaw(
  engine: Engine,
  org: Org,
  source: Source,
  before: Instant,
  clock: Clock,
): Promise<Instant | null> {
  if (source.interval !== null && source.interval >= DAY) return null;
  const rawFrom = await engine.write(async (writer) => {
    const { database } = writer;
    const [first] = await readClosed(database, source.number);
    if (!first) return null;
    const limit = floorTo(before, DAY);
    const from = covers([first], { from: first.from, to: limit }) ? limit : floorTo(first.to, DAY);
    const waiting = await database
      .selectFrom('dirty')
      .innerJoin('series', 'series.number', 'dirty.series')
      .select('dirty.at')
      .where('series.source', '=', source.number)
      .where('dirty.at', '<', from)
      .executeTakeFirst();
    // What is still dirty could not be rebuilt afterwards: it is rolled up first, and dropped the next time.
    if (from <= first.from || waiting) return null;
    const { numUpdatedRows } = await database
      .updateTable('source')
      .set({ raw_from: from })
      .where('number', '=', source.number)
      .where(({ eb, or }) => or([eb('raw_from', 'is', null), eb('raw_from', '<', from)]))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows > 0n) await appendToFeed(writer, org.number, 'source', { source: source.name }, clock.now());
    return from;
  });
  if (rawFrom === null) return null;
  const series = await engine.reader
    .selectFrom('series')
    .select('number')
    .where('source', '=', source.number)
    .execute();
  for (let index = 0; index < series.length; index += SERIES_AT_ONCE) {
    const numbers = series.slice(index, index + SERIES_AT_ONCE).map(({ number }) => number);
    await engine.write(({ database }) =>
      database.deleteFrom('point').where('series', 'in', numbers).where('at', '<', rawFrom).execute(),
    );
  }
  return rawFrom;
}
