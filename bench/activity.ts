import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GUILD, makeActivityHistory } from './activity-history.ts';
import { median, percentile, Requester } from './latency.ts';
import type { Report, Row } from './report.ts';
import { startFloor, startVarve } from './servers.ts';

const PORT = 7_377;
const READS = 600;
const QUESTIONS = ['timeseries?window=7d', 'timeseries?window=90d', 'latency?window=7d', 'latency?window=90d'];

interface LatencyAnswer {
  readonly overall: { readonly p50_response_time_s: number; readonly p95_response_time_s: number };
}

/** Counts and answer times of a log of ten million events beside one of a hundred thousand. */
export const benchActivity = (report: Report): Promise<void> => compare(report, 100_000, 10_000_000);

/** The same at a tenth of the size, for machines without the time. */
export const benchSmallActivity = (report: Report): Promise<void> => compare(report, 100_000, 1_000_000);

async function compare(report: Report, short: number, long: number): Promise<void> {
  const warm: Record<string, number>[] = [];
  for (const events of [short, long]) warm.push(await measure(report, events));
  const rows = QUESTIONS.map((question): Row => {
    const ratio = (warm[1]?.[question] ?? 0) / (warm[0]?.[question] ?? 1);
    return { what: question, value: ratio.toFixed(2), bound: 1.5, measured: ratio };
  });
  report.table(
    `Flat in the log's length: ${long.toLocaleString('en')} over ${short.toLocaleString('en')} events, p50`,
    rows,
  );
}

/** Returns the p50 of each question. */
async function measure(report: Report, wanted: number): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'varve-bench-'));
  try {
    report.note(`landing ${wanted.toLocaleString('en')} events`);
    const { events, latencies, eventsPerSecond, bytes } = await makeActivityHistory(folder, wanted);
    await using varve = await startVarve(folder, PORT);
    await using floor = await startFloor();
    using asking = await Requester.open(varve.url);
    using floorAsking = await Requester.open(floor.url);
    const medians: Record<string, number> = {};
    const rows: Row[] = [
      { what: 'landed, counted and paired', value: `${Math.round(eventsPerSecond).toLocaleString('en')} events/s` },
      { what: 'on disk', value: `${(bytes / events).toFixed(0)} bytes an event` },
    ];
    for (const question of QUESTIONS) {
      const path = `/api/metrics/${question}&guild_id=${GUILD}`;
      const begin = performance.now();
      const { body } = await asking.get(path);
      const first = performance.now() - begin;
      await floor.serve(path, body);
      const own: number[] = [];
      const bare: number[] = [];
      for (let read = 0; read < READS; read++) {
        own.push(await asking.time(path));
        bare.push(await floorAsking.time(path));
      }
      medians[question] = median(own);
      const ratio = median(own) / median(bare);
      rows.push({
        what: `${question}, ${(body.length / 1024).toFixed(1)} KiB`,
        value: `p50 ${median(own).toFixed(3)} ms, p99 ${percentile(own, 0.99).toFixed(3)} ms; floor p50 ${median(bare).toFixed(3)} ms; ratio ${ratio.toFixed(2)}; first ${first.toFixed(1)} ms`,
        bound: 3,
        measured: ratio,
      });
    }
    const answer = await asking.get(`/api/metrics/latency?window=90d&bucket=1d&guild_id=${GUILD}`);
    const { overall } = JSON.parse(answer.body.toString()) as LatencyAnswer;
    for (const [name, quantile, said] of [
      ['p50', 0.5, overall.p50_response_time_s],
      ['p95', 0.95, overall.p95_response_time_s],
    ] as const) {
      const exact = (latencies[Math.floor(quantile * (latencies.length - 1))] ?? 0) / 1_000;
      const off = (Math.abs(said - exact) / exact) * 100;
      rows.push({
        what: `${name} over 90 days from daily sketches`,
        value: `${said} s, exact ${exact} s, ${off.toFixed(2)} % off`,
        bound: 1,
        measured: off,
      });
    }
    report.table(`A log of ${events.toLocaleString('en')} events over HTTP, one connection`, rows);
    return medians;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
