import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, percentile, Requester } from './latency.ts';
import { makeMinuteHistory } from './minute-history.ts';
import { peakMemory, runToEnd } from './processes.ts';
import type { Report } from './report.ts';
import { startVarve } from './servers.ts';

const DAYS = 30;
const KEY = 'snapshots/{yyyy}/{MM}/{dd}/{HH}{mm}.json';
const READS = 4_000;

const configuration = (location: string): string => `export default {
  hostSource: false,
  logLevel: 'warn',
  archives: [{ name: 'platform', location: ${JSON.stringify(location)}, key: '${KEY}', extract: 'platform-snapshot', tailEvery: '1d' }],
};
`;

/** A month of snapshots of 200 streams from a folder, against reading and parsing them only. */
export async function benchBackfill(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-bench-'));
  const archive = join(folder, 'archive');
  try {
    report.note(`writing ${DAYS} days of simulated snapshots of 200 streams`);
    await runToEnd('bin/varve.mjs', ['sample-archive', '--days', String(DAYS), '--to', archive], folder);
    writeFileSync(join(folder, 'varve.config.ts'), configuration(archive));
    report.note('reading and parsing only');
    await runToEnd('bench/read-only.ts', [archive], folder);
    const floors = [await floor(archive, folder)];
    report.note('backfill');
    const first = await runToEnd('bin/varve.mjs', ['backfill', 'platform', '--json'], folder);
    floors.push(await floor(archive, folder));
    report.note('the same backfill again');
    const second = await runToEnd('bin/varve.mjs', ['backfill', 'platform', '--json'], folder);
    const bare = median(floors.map(({ seconds }) => seconds));
    const ratio = first.seconds / bare;
    report.table(
      `Backfill of ${floors[0]?.objects.toLocaleString('en')} objects of 200 streams from a folder, a whole process each`,
      [
        {
          what: 'reading and parsing only (floor, before and after)',
          value: floors.map(({ seconds }) => `${seconds.toFixed(1)} s`).join(', '),
        },
        {
          what: 'backfill: read once, landed, rolled up, closed',
          value: `${first.seconds.toFixed(1)} s; ${ratio.toFixed(2)} of the floor`,
          bound: 2,
          measured: ratio,
        },
        {
          what: 'resident memory at most',
          value: `${first.mebibytes.toFixed(0)} MiB`,
          bound: 512,
          measured: first.mebibytes,
        },
        {
          what: 'the same backfill again',
          value: `${second.seconds.toFixed(1)} s, ${objectsRead(second.output)} objects read`,
          bound: 0,
          measured: objectsRead(second.output),
        },
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const objectsRead = (json: string): number => (JSON.parse(json) as { result: { read: number } }).result.read;

async function floor(archive: string, folder: string): Promise<{ objects: number; seconds: number }> {
  const { output } = await runToEnd('bench/read-only.ts', [archive], folder);
  return JSON.parse(output) as { objects: number; seconds: number };
}

/** Readers of frozen history while the same server backfills another archive. */
export async function benchReaders(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-bench-'));
  const archive = join(folder, 'archive');
  try {
    report.note(`writing ${DAYS} days of simulated snapshots of 200 streams`);
    await runToEnd('bin/varve.mjs', ['sample-archive', '--days', String(DAYS), '--to', archive], folder);
    const history = await makeMinuteHistory(folder, 60, 10);
    writeFileSync(join(folder, 'varve.config.ts'), configuration(archive));
    await using varve = await startVarve(folder, 7415);
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
    await read(500);
    const idle = await read(READS);
    const answer = await fetch(`${varve.url}/api/archives/platform/backfill`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const { id } = (await answer.json()) as { id: string };
    let state = 'queued';
    const watch = setInterval(() => {
      void fetch(`${varve.url}/api/jobs/${id}`)
        .then((response) => response.json())
        .then((job) => {
          state = (job as { state: string }).state;
        });
    }, 500);
    const busy = await read(READS * 10, () => state === 'queued' || state === 'running');
    clearInterval(watch);
    const ratio = percentile(busy, 0.99) / percentile(idle, 0.99);
    const say = (times: readonly number[]): string =>
      `p50 ${median(times).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms (${times.length} reads)`;
    report.table('Readers of frozen history while the same server backfills', [
      { what: 'idle', value: say(idle) },
      { what: `during the backfill (${state})`, value: say(busy) },
      { what: 'p99 during over p99 idle', value: ratio.toFixed(2), bound: 3, measured: ratio },
      { what: 'resident memory of the server at most', value: `${peakMemory(varve.pid).toFixed(0)} MiB` },
      { what: 'history behind the reads', value: `${history.points.toLocaleString('en')} samples, 60 days` },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
