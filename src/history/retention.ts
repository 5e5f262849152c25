import { covers } from '../domain/intervals.ts';
import { type Clock, DAY, floorTo, type Instant } from '../domain/time.ts';
import type { Org, Source } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { appendToFeed } from '../store/feed.ts';
import { readClosed } from '../store/knowledge.ts';

/** Rows that one transaction deletes, so that other writers get their turn. */
const SERIES_AT_ONCE = 50;

/**
 * Drops the raw samples of a source before a day, where its history is closed: their rollups stay as they are for ever. Returns the
 * instant before which samples are gone, or null when nothing could be dropped. Series without rollups, a day or more apart, keep all.
 */
export async function dropRaw(
  engine: Engine,
  org: Org,
  source: Source,
  before: Instant,
  clock: Clock,
): Promise<Instant | null> {
  const limit = floorTo(before, DAY);
  const { reader } = engine;
  const closed = await readClosed(reader, source.number);
  const start = closed[0]?.from;
  if (start === undefined) return null;
  const from = covers(closed, { from: start, to: limit }) ? limit : floorTo((closed[0] as { to: Instant }).to, DAY);
  if (from <= start) return null;
  const series = await reader
    .selectFrom('series')
    .select('number')
    .where('org', '=', org.number)
    .where('source', '=', source.number)
    .where(({ eb, or }) => or([eb('interval', 'is', null), eb('interval', '<', DAY)]))
    .where(({ eb, or }) => or([eb('raw_from', 'is', null), eb('raw_from', '<', from)]))
    .execute();
  for (let index = 0; index < series.length; index += SERIES_AT_ONCE) {
    const numbers = series.slice(index, index + SERIES_AT_ONCE).map(({ number }) => number);
    await engine.write(async (writer) => {
      const { database } = writer;
      // What is still dirty could not be rebuilt afterwards; it waits for the next time.
      const waiting = await database
        .selectFrom('dirty')
        .select('series')
        .distinct()
        .where('series', 'in', numbers)
        .where('at', '<', from)
        .execute();
      const ready = numbers.filter((number) => !waiting.some((dirty) => dirty.series === number));
      if (ready.length === 0) return;
      await database.updateTable('series').set({ raw_from: from }).where('number', 'in', ready).execute();
      await database.deleteFrom('point').where('series', 'in', ready).where('at', '<', from).execute();
      await appendToFeed(writer, org.number, 'source', { source: source.name }, clock.now());
    });
  }
  return from;
}
