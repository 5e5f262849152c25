import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { ensureOrg } from '../../src/store/catalog.ts';
import { openStore } from '../../src/store/open.ts';
import { LogReader, LogServer, later, numbered } from '../activity/log-readers.ts';
import { temporaryFile } from '../support/engines.ts';

const READERS = 500;
const A_SECOND = 200;
const SECONDS = 60;
const EVERY = 50;

test('500 readers, 200 events a second for a minute, disconnects, two restarts, readers that take nothing for 40 s', async () => {
  const { location, remove } = temporaryFile();
  const engine = await openStore(location);
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await remove();
  });
  const org = await engine.write(({ database }) => ensureOrg(database, 'live', 'Live', systemClock.now()));
  const server = new LogServer(engine, org);
  await server.start();
  const readers = Array.from(
    { length: READERS },
    (_, index) =>
      new LogReader(server, {
        leavesAfter: index % 4 === 0 ? 500 + Math.floor(Math.random() * 5_000) : Number.POSITIVE_INFINITY,
        ...(index % 50 === 0 ? { pausesAfter: 1_000, pausesFor: 40_000 } : {}),
        ...(index % 50 === 1 ? { pausesAfter: 300, pausesFor: 1_000 } : {}),
      }),
  );
  onTestFinished(() => {
    for (const reader of readers) reader.stop();
  });
  const batch = (A_SECOND * EVERY) / 1_000;
  const total = A_SECOND * SECONDS;
  const begin = performance.now();
  for (let sent = 0; sent < total; sent += batch) {
    const sending = server.send(numbered(sent + 1, batch));
    if (sent === total / 4 || sent === total / 2) await server.restart();
    await sending;
    await later(Math.max(0, begin + ((sent + batch) / A_SECOND) * 1_000 - performance.now()));
  }
  const written = performance.now() - begin;
  await expect
    .poll(() => readers.filter(({ heard }) => heard < total).length, { timeout: 240_000, interval: 500 })
    .toBe(0);
  const caughtUp = performance.now() - begin - written;
  expect(readers.map(({ wrong }) => wrong).filter(Boolean)).toEqual([]);
  const connections = readers.reduce((sum, reader) => sum + reader.connections, 0);
  const told = readers.filter(({ resets }) => resets.includes('slow-reader')).length;
  process.stdout.write(
    `${total} events in ${Math.round(written / 1_000)} s to ${READERS} readers over ${connections} connections; ` +
      `the last had everything ${(caughtUp / 1_000).toFixed(1)} s later, ${told} were told that they are slow\n`,
  );
}, 400_000);
