import { expect, test } from 'vitest';
import { ensureOrg } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { appendToFeed, feedBounds, readFeed, trimFeed } from '../../src/store/feed.ts';
import { onEachEngine } from '../support/engines.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

onEachEngine((store) => {
  test('a reader that follows the cursor sees each event once and in order, while several processes write', async () => {
    const { engine, reopen } = store();
    const org = await engine.write(({ database }) => ensureOrg(database, 'ordered', 'Ordered', NOW));
    const other = await reopen();
    const total = 120;
    const append = (on: Engine, id: string) =>
      on.write(async (writer) => {
        await appendToFeed(writer, org.number, 'source', { source: id }, NOW);
        // Transactions that end in another order than they took their numbers are what tears holes.
        await new Promise((resolve) => setImmediate(resolve));
      });
    const seen: string[] = [];
    let cursor = 0;
    const follow = async (): Promise<void> => {
      while (seen.length < total) {
        for (const event of await readFeed(other.reader, org.number, cursor, 7)) {
          expect(event.seq).toBeGreaterThan(cursor);
          cursor = event.seq;
          seen.push((event.payload as { source: string }).source);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const write = (on: Engine, name: string) =>
      Promise.all(Array.from({ length: total / 2 }, (_, index) => append(on, `${name}${index}`)));
    await Promise.all([follow(), write(engine, 'a'), write(other, 'b')]);
    expect(new Set(seen).size).toBe(total);
    expect((await feedBounds(engine.reader, org.number)).last).toBe(cursor);
  });

  test('an org sees its own events only', async () => {
    const { engine } = store();
    const [mine, theirs] = await engine.write(async ({ database }) => [
      await ensureOrg(database, 'mine', 'Mine', NOW),
      await ensureOrg(database, 'theirs', 'Theirs', NOW),
    ]);
    await engine.write((writer) => appendToFeed(writer, theirs?.number ?? 0, 'source', { source: 'secret' }, NOW));
    expect(await readFeed(engine.reader, mine?.number ?? 0, 0, 100)).toEqual([]);
  });

  test('trimming keeps the newest event, so that the place is not lost', async () => {
    const { engine } = store();
    const org = await engine.write(({ database }) => ensureOrg(database, 'trimmed', 'Trimmed', NOW));
    for (const source of ['old', 'older', 'newest'])
      await engine.write((writer) => appendToFeed(writer, org.number, 'source', { source }, NOW));
    const before = await feedBounds(engine.reader, org.number);
    await engine.write(({ database }) => trimFeed(database, NOW + 1));
    const after = await feedBounds(engine.reader, org.number);
    expect(after).toEqual({ first: before.last, last: before.last });
  });
});
