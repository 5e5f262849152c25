import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY, formatDuration, HOUR, MINUTE } from '../src/domain/time.ts';
import { median, percentile, Requester } from './latency.ts';
import { type MinuteHistory, makeMinuteHistory } from './minute-history.ts';
import type { Report } from './report.ts';
import { type FloorServer, startFloor, startVarve } from './servers.ts';

const WINDOWS = [HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];
const ROUNDS = 30;

interface Timed {
  readonly ours: number[];
  readonly floor: number[];
}

/** Any window over a year of minutes of twenty series, through HTTP, against a bare server that returns the same bytes. */
export async function benchAnswers(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-bench-'));
  try {
    report.note('filling a store: 365 days of minutes × 20 series');
    const history = await makeMinuteHistory(folder, 365, 20);
    await using floor = await startFloor();
    await using varve = await startVarve(folder, 7411);
    await compare(
      report,
      'the same window again (dashboards that poll)',
      history,
      varve.url,
      floor,
      (id, window) => `/api/series/${id}/range?window=${formatDuration(window)}`,
    );
    await compare(
      report,
      'windows at random offsets, none asked twice, most of them not in memory',
      history,
      varve.url,
      floor,
      randomRange(history, 365 * DAY),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether an answer costs more because there is more history behind it. */
export async function benchFlatness(report: Report): Promise<void> {
  const folders = [30, 5 * 365].map((days) => ({ days, folder: mkdtempSync(join(tmpdir(), 'varve-bench-')) }));
  try {
    const times = new Map<number, number[]>();
    const servers = [];
    for (const { days, folder } of folders) {
      report.note(`filling a store: ${days} days of minutes × 4 series`);
      servers.push({
        days,
        history: await makeMinuteHistory(folder, days, 4),
        varve: await startVarve(folder, 7412 + servers.length),
      });
      times.set(days, []);
    }
    const requesters = await Promise.all(
      servers.map(async (server) => ({ ...server, requester: await Requester.open(server.varve.url) })),
    );
    for (let round = 0; round < 40 * ROUNDS; round++) {
      for (const { days, history, requester } of requesters) {
        const window = [HOUR, DAY, 7 * DAY, 29 * DAY][round % 4] as number;
        const path = randomRange(history, 30 * DAY)(history.ids[round % history.ids.length] as string, window);
        const taken = await requester.time(path);
        if (round > 100) times.get(days)?.push(taken);
      }
    }
    for (const { requester, varve } of requesters) {
      requester[Symbol.dispose]();
      await varve[Symbol.asyncDispose]();
    }
    const [short, long] = [...times.values()].map(median) as [number, number];
    report.table('Flat in the length of history (random windows of 1h to 29d)', [
      { what: '30 days of history, p50', value: `${short.toFixed(3)} ms` },
      { what: '5 years of history, p50', value: `${long.toFixed(3)} ms` },
      { what: 'ratio', value: (long / short).toFixed(2), bound: 1.2, measured: long / short },
    ]);
  } finally {
    for (const { folder } of folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** A range of the window's length that ends at a random minute of the last `span`. */
function randomRange(history: MinuteHistory, span: number): (id: string, window: number) => string {
  return (id, window) => {
    const room = Math.max(0, span - window) / MINUTE;
    const to = history.end - Math.floor(Math.random() * room) * MINUTE;
    return `/api/series/${id}/range?from=${to - window}&to=${to}`;
  };
}

async function compare(
  report: Report,
  title: string,
  history: MinuteHistory,
  url: string,
  floor: FloorServer,
  pathOf: (id: string, window: number) => string,
): Promise<void> {
  using ours = await Requester.open(url);
  using bare = await Requester.open(floor.url);
  const timed = new Map<number, Timed>(WINDOWS.map((window) => [window, { ours: [], floor: [] }]));
  const bytes = new Map<number, number>();
  for (const window of WINDOWS) {
    for (const id of history.ids) {
      const path = pathOf(id, window);
      const { body } = await ours.get(path);
      bytes.set(window, body.length);
      await floor.serve(`/${window}/${id}`, body);
      await ours.time(pathOf(id, window));
      await bare.time(`/${window}/${id}`);
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const id of history.ids) {
      for (const [window, times] of timed) {
        times.floor.push(await bare.time(`/${window}/${id}`));
        times.ours.push(await ours.time(pathOf(id, window)));
      }
    }
  }
  const rows = WINDOWS.map((window) => {
    const times = timed.get(window) as Timed;
    const ratio = median(times.ours) / median(times.floor);
    return {
      what: `${formatDuration(window)}, ${((bytes.get(window) ?? 0) / 1024).toFixed(1)} KiB`,
      value: `p50 ${median(times.ours).toFixed(3)} ms, p99 ${percentile(times.ours, 0.99).toFixed(3)} ms; floor p50 ${median(times.floor).toFixed(3)} ms; ratio ${ratio.toFixed(2)}`,
    };
  });
  const all = [...timed.values()];
  const overall = median(all.flatMap((times) => times.ours)) / median(all.flatMap((times) => times.floor));
  const medians = all.map((times) => median(times.ours));
  const spread = Math.max(...medians) / Math.min(...medians);
  report.table(`A year of minutes × 20 series through HTTP: ${title}`, [
    ...rows,
    { what: 'all windows, p50 over the floor', value: overall.toFixed(2), bound: 3, measured: overall },
    { what: 'slowest window over the fastest, p50', value: spread.toFixed(2), bound: 1.5, measured: spread },
  ]);
}
