import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { openPushRig, type Pushed, send } from './push-rig.ts';

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'varve-push-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Server {
  readonly port: number;
  kill(): Promise<void>;
}

/** The whole server in a process of its own. */
async function startServer(folder: string): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'push-server.child.ts'), [folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  cleanUps.push(kill);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { port, kill };
}

const at = Date.now() - 86_400_000;
const COUNT = 150_000;
const line = (index: number): string => `m,device=d${index % 7} v=${index % 1_000},w=${index} ${at + index * 10}\n`;
const body = Array.from({ length: COUNT }, (_, index) => line(index)).join('');
const push = (port: number): Promise<Pushed> =>
  send(port, '/api/samples?precision=ms', body, { 'content-type': 'text/plain' });

async function stateOf(folder: string): Promise<unknown> {
  await using engine = await openStore({ file: join(folder, 'varve.db') });
  const { reader } = engine;
  const points = await reader
    .selectFrom('point')
    .innerJoin('series', 'series.number', 'point.series')
    .select(({ fn }) => [
      'series.id',
      fn.countAll<number>().as('count'),
      fn.sum('point.value').as('sum'),
      fn.max('point.at').as('to'),
    ])
    .groupBy('series.id')
    .orderBy('series.id')
    .execute();
  const ledger = await reader
    .selectFrom('ledger')
    .innerJoin('source', 'source.number', 'ledger.source')
    .select(['source.name', 'ledger.from_at', 'ledger.to_at', 'ledger.state'])
    .where('source.kind', '=', 'push')
    .orderBy('source.name')
    .orderBy('ledger.from_at')
    .execute();
  const fields = await reader
    .selectFrom('field')
    .select(['channel', 'name', 'place'])
    .orderBy('channel')
    .orderBy('place')
    .execute();
  return { points, ledger, fields };
}

test('a server killed in the middle of a body has whole lines only, and the body sent again leaves the same state as sent once', async () => {
  const [killed, whole] = [temporaryFolder(), temporaryFolder()];
  const first = await startServer(killed);
  const socket = connect(first.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST /api/samples?precision=ms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.write(body.slice(0, body.length - 20));
  const landed = async (): Promise<number> => {
    await using engine = await openStore({ file: join(killed, 'varve.db') });
    const { count } = await engine.reader
      .selectFrom('point')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  };
  await expect.poll(landed, { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
  await first.kill();
  expect(await landed()).toBeLessThan(2 * COUNT);
  // Every line has two numbers: a line that was cut would leave one.
  expect((await landed()) % 2).toBe(0);

  const second = await startServer(killed);
  expect((await push(second.port)).body).toMatchObject({ accepted: COUNT, rejected: [] });
  const once = await startServer(whole);
  expect((await push(once.port)).body).toMatchObject({ accepted: COUNT, rejected: [] });
  await Promise.all([second.kill(), once.kill()]);
  expect(await stateOf(killed)).toEqual(await stateOf(whole));
}, 240_000);

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

test.skipIf(!isRoot)(
  'a full disk is said, what was acknowledged stays, and with room it goes on',
  async () => {
    const folder = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]);
    cleanUps.push(() => {
      execFileSync('umount', ['-l', folder]);
    });
    const location = { file: join(folder, 'varve.db') };
    const engine = await openStore(location);
    cleanUps.push(async () => engine[Symbol.asyncDispose]());
    const rig = await openPushRig({ engine, location });
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(6 * 1024 * 1024));
    const part = (index: number): string =>
      Array.from({ length: 5_000 }, (_, row) => `m,device=d v=${index} ${at + (index * 5_000 + row) * 10}\n`).join('');
    let accepted = 0;
    let refused: Pushed | undefined;
    for (let index = 0; index < 60 && !refused; index++) {
      const answer = await rig.push(part(index), 'text/plain', '?precision=ms');
      if (answer.status === 200) accepted += answer.body.accepted ?? 0;
      else refused = answer;
    }
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: {
        detail: 'the store has no room left; nothing of this body was stored, send it again: nothing is stored twice',
      },
    });
    expect(accepted).toBeGreaterThan(0);
    expect(await rig.samples('m.v')).toHaveLength(accepted);
    rmSync(join(folder, 'ballast'));
    expect((await rig.push(part(accepted / 5_000), 'text/plain', '?precision=ms')).body).toMatchObject({
      accepted: 5_000,
    });
    expect(await rig.samples('m.v')).toHaveLength(accepted + 5_000);
    expect(rig.troubles).toEqual([]);
  },
  120_000,
);
