import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE, SECOND } from '../src/domain/time.ts';
import { median, percentile, Requester } from './latency.ts';
import type { Report, Row } from './report.ts';
import { type FloorServer, type RunningServer, startFloor, startVarve } from './servers.ts';

const CONNECTIONS = [1, 64];
const ROUNDS = 7;
const ROUND_LENGTH = 1_500;
const REFRESHES = 100;
const GZIP = 'Accept-Encoding: gzip\r\n';

/** One published window read by dashboards: requests a second against a bare server that returns the same compressed bytes. */
export async function benchWindows(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-bench-'));
  try {
    writeFileSync(join(folder, 'varve.config.ts'), "export default { hostSource: false, logLevel: 'warn' };\n");
    await using floor = await startFloor();
    await using varve = await startVarve(folder, 7421);
    report.note('pushing a day of samples ten seconds apart');
    await pushDay(varve.url);
    await benchReads(report, varve, floor);
    await benchRefresh(report, varve);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pushDay(url: string): Promise<void> {
  const end = Date.now();
  const lines: string[] = [];
  for (let at = end - 24 * 60 * MINUTE; at <= end; at += 10 * SECOND) {
    lines.push(
      JSON.stringify({ timestamp: at, temperature: 20 + 5 * Math.sin(at / 7e6), humidity: 40 + (at % 9_973) / 400 }),
    );
  }
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${url}/api/samples?device=bench`, { method: 'POST', headers, body: lines.join('\n') });
  if (!response.ok) throw new Error(`pushing answered ${response.status}: ${await response.text()}`);
}

const pathOf = (window: string, samples: number): string =>
  `/api/samples/latest?device=bench&metric=temperature&window=${window}&samples=${samples}`;

/** Resolves with the packed body and its tag once the window is published. */
async function published(requester: Requester, path: string): Promise<{ body: Buffer; etag: string }> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const { status, header, body } = await requester.get(path, GZIP);
    const etag = /\r\netag: ([^\r]+)/i.exec(header)?.[1];
    if (status === 200 && etag !== undefined && /\r\ncontent-encoding: gzip/i.test(header)) {
      const plain = (await requester.get(path)).body.toString();
      if ((JSON.parse(plain) as { meta: { source: string } }).meta.source === 'published') return { body, etag };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${path} was not published within a minute`);
}

async function benchReads(report: Report, varve: RunningServer, floor: FloorServer): Promise<void> {
  const rows: Row[] = [];
  for (const samples of [20, 500]) {
    // One for all would be closed by the server: it is idle for longer than a kept connection may be.
    using requester = await Requester.open(varve.url);
    const path = pathOf('1d', samples);
    const { body, etag } = await published(requester, path);
    await floor.serve(path, body);
    for (const [what, headers, status] of [
      ['200', GZIP, 200],
      ['304', `${GZIP}If-None-Match: ${etag}\r\n`, 304],
    ] as const) {
      for (const connections of CONNECTIONS) {
        const load = { path, headers, status, connections };
        const ratios: number[] = [];
        const ours: number[] = [];
        await requestsPerSecond(varve.url, load, 500);
        await requestsPerSecond(floor.url, load, 500);
        for (let round = 0; round < ROUNDS; round++) {
          const bare = await requestsPerSecond(floor.url, load, ROUND_LENGTH);
          const own = await requestsPerSecond(varve.url, load, ROUND_LENGTH);
          ours.push(own);
          ratios.push(own / bare);
        }
        const ratio = median(ratios);
        rows.push({
          what: `${samples} segments, ${(body.length / 1024).toFixed(1)} KiB packed, ${what}, ${connections} connections`,
          value: `${Math.round(median(ours)).toLocaleString('en')} requests/s; ${ratio.toFixed(2)} of the floor (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
          bound: 0.8,
          measured: ratio,
          least: true,
        });
      }
    }
  }
  report.table('Reading a published window through HTTP, against bare node:http with the same bytes', rows);
}

interface Load {
  readonly path: string;
  readonly headers: string;
  readonly status: number;
  readonly connections: number;
}

async function requestsPerSecond(
  url: string,
  { path, headers, status, connections }: Load,
  length: number,
): Promise<number> {
  const requesters = await Promise.all(Array.from({ length: connections }, () => Requester.open(url)));
  const begin = performance.now();
  const counts = await Promise.all(
    requesters.map(async (requester) => {
      let count = 0;
      let sent = headers;
      for (; performance.now() - begin < length; count++) {
        const answer = await requester.get(path, sent);
        const tag = /\r\netag: ([^\r]+)/i.exec(answer.header)?.[1];
        // The window moved on, and with it its tag.
        if (status === 304 && answer.status === 200 && tag !== undefined) sent = `${GZIP}If-None-Match: ${tag}\r\n`;
        else if (answer.status !== status) throw new Error(`${path} answered ${answer.status} instead of ${status}`);
      }
      return count;
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  for (const requester of requesters) requester[Symbol.dispose]();
  return counts.reduce((total, count) => total + count, 0) / seconds;
}

/** From asking for a refresh to its `committed` event, less the build itself. */
async function benchRefresh(report: Report, varve: RunningServer): Promise<void> {
  const above: number[] = [];
  const builds: number[] = [];
  for (let round = 0; round < REFRESHES; round++) {
    const begin = performance.now();
    const response = await fetch(`${varve.url}/api/samples/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ device: 'bench', metric: 'temperature', window: '1h' }),
    });
    if (response.status !== 202) throw new Error(`refresh answered ${response.status}: ${await response.text()}`);
    const { links } = (await response.json()) as { links: { events: string } };
    await committed(new URL(links.events, varve.url));
    const taken = performance.now() - begin;
    const build = await lastBuild(varve.url);
    builds.push(build);
    above.push(taken - build);
  }
  report.table('A refresh, from POST to its `committed` event', [
    { what: 'the build of the window (1h, four granularities)', value: `p50 ${median(builds).toFixed(1)} ms` },
    {
      what: 'all above the build',
      value: `p50 ${median(above).toFixed(1)} ms, p99 ${percentile(above, 0.99).toFixed(1)} ms`,
      bound: 100,
      measured: median(above),
    },
  ]);
}

async function committed(url: URL): Promise<void> {
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  let text = '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (/^event: committed$/m.test(text)) return;
    if (/^event: failed$/m.test(text)) throw new Error(`the refresh failed: ${text}`);
  }
  throw new Error(`the stream ended without a commit: ${text}`);
}

async function lastBuild(url: string): Promise<number> {
  const { publications } = (await (await fetch(`${url}/api/windows`)).json()) as {
    publications: readonly { window: string; series: { metric: string }; buildDuration: number | null }[];
  };
  const found = publications.find(({ window, series }) => window === '1h' && series.metric === 'temperature');
  if (found?.buildDuration == null) throw new Error('the window has no build yet');
  return found.buildDuration;
}
