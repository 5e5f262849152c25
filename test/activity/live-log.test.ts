import { expect, onTestFinished, test } from 'vitest';
import { ensureOrg } from '../../src/store/catalog.ts';
import { onEachEngine } from '../support/engines.ts';
import { LogReader, LogServer, later, numbered } from './log-readers.ts';

const READERS = 60;
const EVENTS = 1_200;
const BATCH = 20;

onEachEngine((store, name) => {
  test('readers that come, go and dawdle hear every event once and in order, while the server is restarted twice', async () => {
    const { engine } = store();
    const org = await engine.write(({ database }) => ensureOrg(database, `live-${name}`, 'Live', Date.now()));
    const server = new LogServer(engine, org);
    await server.start();
    const readers = Array.from(
      { length: READERS },
      (_, index) =>
        new LogReader(server, {
          leavesAfter: index % 3 === 0 ? 50 + index * 7 : Number.POSITIVE_INFINITY,
          ...(index % 10 === 0 ? { pausesAfter: 200, pausesFor: 300 } : {}),
        }),
    );
    onTestFinished(() => {
      for (const reader of readers) reader.stop();
    });
    for (let sent = 0; sent < EVENTS; sent += BATCH) {
      const sending = server.send(numbered(sent + 1, BATCH));
      // Some batches are cut off by the restart and sent again.
      if (sent === EVENTS / 3 || sent === (2 * EVENTS) / 3) await server.restart();
      await sending;
      await later(1);
    }
    await expect
      .poll(() => readers.filter(({ heard, wrong }) => heard < EVENTS && wrong === undefined).length, {
        timeout: 25_000,
      })
      .toBe(0);
    expect(readers.map(({ wrong }) => wrong).filter(Boolean)).toEqual([]);
    expect(readers.every(({ heard }) => heard === EVENTS)).toBe(true);
    expect(readers.every(({ connections }) => connections >= 3)).toBe(true);
  }, 180_000);
});
