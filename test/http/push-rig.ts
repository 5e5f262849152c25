import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { History } from '../../src/history/history.ts';
import type { PushReport } from '../../src/http/samples-contract.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { ensureOrg } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { openStore, type StoreLocation } from '../../src/store/open.ts';
import { IngestSupervisor } from '../../src/work/ingest-supervisor.ts';
import { temporaryFile } from '../support/engines.ts';
import { listen } from './listening.ts';
import { openTestApp, type TestApp } from './test-app.ts';

/** A listening server with a real ingest thread over an org of its own. */
export interface PushRig extends Omit<TestApp, 'clock'> {
  readonly port: number;
  readonly url: string;
  readonly ingest: IngestSupervisor;
  readonly history: History;
  /** What went wrong unexpectedly in the thread. */
  readonly troubles: string[];
  push(body: string | Uint8Array, type?: string, query?: string, headers?: Record<string, string>): Promise<Pushed>;
  /** All samples of a series by its name, in order of time. */
  samples(metric: string, labels?: Readonly<Record<string, string>>): Promise<readonly (readonly [number, number])[]>;
}

export interface Pushed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Partial<PushReport> & { readonly detail?: string; readonly report?: PushReport };
}

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

export interface RigOptions {
  readonly mostSeries?: number;
  readonly budget?: number;
}

let orgs = 0;

/** Closed after the test. */
export async function openPushRig(
  store: { readonly engine: Engine; readonly location: StoreLocation },
  { mostSeries = 10_000, budget }: RigOptions = {},
): Promise<PushRig> {
  const { engine, location } = store;
  const name = `push-${orgs++}`;
  const org = await engine.write(({ database }) => ensureOrg(database, name, name, systemClock.now()));
  const troubles: string[] = [];
  const ingest = new IngestSupervisor({ store: location, mostSeries }, (message) => troubles.push(message), budget);
  open.push(ingest);
  await ingest.ready();
  const history = new History(engine, systemClock);
  const made = await openTestApp(engine, { context: { org, ingest, history, clock: systemClock } });
  const port = await listen(made.app);
  return {
    ...made,
    org,
    port,
    url: `http://127.0.0.1:${port}`,
    ingest,
    history,
    troubles,
    push: (body, type = 'text/plain', query = '', headers = {}) =>
      send(port, `/api/samples${query}`, body, { 'content-type': type, ...headers }),
    samples: async (metric, labels = {}) => {
      const rows = await engine.reader
        .selectFrom('point')
        .innerJoin('series', 'series.number', 'point.series')
        .select(['point.at', 'point.value', 'series.labels'])
        .where('series.org', '=', org.number)
        .where('series.metric', '=', metric)
        .orderBy('point.at')
        .execute();
      const has = (text: string): boolean => {
        const found = JSON.parse(text) as Record<string, string>;
        return Object.entries(labels).every(([label, value]) => found[label] === value);
      };
      return rows.filter((row) => has(row.labels)).map(({ at, value }) => [at, value] as const);
    },
  };
}

/** An SQLite file for tests in which the engine does not matter. */
export function useFileStore(): () => { readonly engine: Engine; readonly location: { readonly file: string } } {
  const { location, remove } = temporaryFile();
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await openStore(location);
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await remove();
  });
  return () => ({ engine: engine as Engine, location });
}

/** One POST of a whole body. */
export function send(
  port: number,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string>,
): Promise<Pushed> {
  return new Promise((resolve, reject) => {
    const sending = request({ port, host: '127.0.0.1', path, method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text === '' ? {} : (JSON.parse(text) as Pushed['body']),
        }),
      );
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
