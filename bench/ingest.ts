import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY } from '../src/domain/time.ts';
import { median, percentile, Requester } from './latency.ts';
import { makeMinuteHistory } from './minute-history.ts';
import { peakMemory } from './processes.ts';
import type { Report } from './report.ts';
import { startVarve } from './servers.ts';

const SERIES = 100;
const LINES = 10_000;
const BODIES = 60;
const CONNECTIONS = 4;
const READS = 3_000;

/** Pushing line protocol over HTTP, durable when answered, against a bare server that only reads the same bodies; and readers meanwhile. */
export async function benchIngest(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-bench-'));
  try {
    const history = await makeMinuteHistory(folder, 60, 10);
    const numbers = BODIES * LINES * 2;
    const floor = fork(join(import.meta.dirname, 'read-bodies.ts'));
    const { port } = await next<{ port: number }>(floor);
    report.note('the floor: reading the same bodies');
    const bare = await send(`http://127.0.0.1:${port}/`, BODIES, Date.now() - 10 * DAY);
    floor.kill();

    await using varve = await startVarve(folder, 7416);
    using requester = await Requester.open(varve.url);
    const paths = history.ids.flatMap((id) =>
      ['1h', '24h', '7d', '30d'].map((window) => `/api/series/${id}/range?window=${window}`),
    );
    const read = async (count: number, goOn: () => boolean = () => true): Promise<number[]> => {
      const times: number[] = [];
      for (let index = 0; index < count && goOn(); index++) {
        times.push(await requester.time(paths[index % paths.length] as string));
        // Readers come in their own time; asking without a pause would measure how two threads share two cores.
        if (index % 4 === 3) await new Promise((resolve) => setTimeout(resolve, 4));
      }
      return times;
    };
    report.note('pushing');
    await send(`${varve.url}/api/samples`, 5, Date.now() - 20 * DAY);
    const pushed = await send(`${varve.url}/api/samples`, BODIES, Date.now() - 10 * DAY);
    report.note('reading, idle');
    await settled(varve.url);
    await read(500);
    const idle = await read(READS);
    report.note('reading while pushing');
    let isOver = false;
    const pushing = send(`${varve.url}/api/samples`, 2 * BODIES, Date.now() - 5 * DAY).finally(() => {
      isOver = true;
    });
    const busy = await read(READS * 20, () => !isOver);
    await pushing;
    const rate = numbers / pushed.seconds;
    const ratio = percentile(busy, 0.99) / percentile(idle, 0.99);
    const say = (times: readonly number[]): string =>
      `p50 ${median(times).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms (${times.length} reads)`;
    const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
    report.table(
      `Pushing line protocol, ${SERIES} series × 2 fields, bodies of ${LINES.toLocaleString('en')} lines, ${CONNECTIONS} connections`,
      [
        {
          what: 'bare server that only reads the bodies (floor)',
          value: `${Math.round(numbers / bare.seconds).toLocaleString('en')} numbers/s, ${mebibytes(bare.bytes / bare.seconds)} MiB/s`,
        },
        {
          what: 'parsed, landed and durable, with rollups and windows made meanwhile',
          value: `${Math.round(rate).toLocaleString('en')} numbers/s, ${mebibytes(pushed.bytes / pushed.seconds)} MiB/s`,
          bound: 150_000,
          measured: rate,
          least: true,
        },
        { what: 'readers of frozen history, idle', value: say(idle) },
        { what: 'readers while pushing', value: say(busy) },
        { what: 'p99 while pushing over p99 idle', value: ratio.toFixed(2), bound: 3, measured: ratio },
        { what: 'resident memory of the server at most', value: `${peakMemory(varve.pid).toFixed(0)} MiB` },
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends bodies from a process of its own, so that the sender's work is not the server's. */
async function send(url: string, bodies: number, from: number): Promise<{ seconds: number; bytes: number }> {
  const child = fork(join(import.meta.dirname, 'sender.ts'));
  await next(child);
  child.send({ url, bodies, linesOfBody: LINES, series: SERIES, connections: CONNECTIONS, from });
  const { prepared } = await next<{ prepared: number }>(child);
  child.send('go');
  const { seconds } = await next<{ seconds: number }>(child);
  child.disconnect();
  return { seconds, bytes: prepared };
}

const next = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((resolve, reject) => {
    const end = (code: number | null): void => reject(new Error(`the process ended with ${code}`));
    child.once('exit', end);
    child.once('message', (message) => {
      child.off('exit', end);
      resolve(message as Message);
    });
  });

/** Resolves when the rollups of what was pushed are made: their cost is not that of the next measurement. */
async function settled(url: string): Promise<void> {
  for (let bytes = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const health = (await (await fetch(`${url}/api/health`)).json()) as { store: { bytes: number } };
    if (health.store.bytes === bytes) return;
    bytes = health.store.bytes;
  }
}
