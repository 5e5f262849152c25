import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { Activity } from '../../src/activity/activity.ts';
import { type ActivityConfig, activitySchema } from '../../src/activity/activity-config.ts';
import type { Blobs } from '../../src/blobs/blobs.ts';
import type { LedgerEntry } from '../../src/domain/ledger.ts';
import type { SeriesDescription } from '../../src/domain/series.ts';
import { type Clock, HOUR, type Interval, MINUTE } from '../../src/domain/time.ts';
import { close } from '../../src/history/close.ts';
import { freeze } from '../../src/history/freeze.ts';
import { History } from '../../src/history/history.ts';
import { land } from '../../src/history/land.ts';
import { createApp } from '../../src/http/app.ts';
import type { HttpContext } from '../../src/http/context.ts';
import type { HealthBody } from '../../src/http/contract.ts';
import { ensureOrg, ensureSource, type Org, type Source, seriesId } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { openStore } from '../../src/store/open.ts';
import { ServedWindows } from '../../src/windows/served-windows.ts';
import { ManualClock } from '../support/clock.ts';
import { temporaryFile } from '../support/engines.ts';
import { temporaryBlobs } from '../windows/windows-rig.ts';

export const NOW = Date.parse('2026-04-02T10:17:30Z');

/** An app over an org of its own, with one archive of platform snapshots. */
export interface TestApp {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  readonly org: Org;
  readonly source: Source;
  readonly clock: ManualClock;
  /** Where published windows lie. */
  readonly blobs: Blobs;
  /** Id of the series of all viewers. */
  readonly viewers: string;
  /** What the app wrote to its log. */
  readonly log: string[];
}

export interface Said {
  readonly health?: Partial<HealthBody>;
  readonly context?: Partial<HttpContext>;
  readonly activity?: ActivityConfig;
}

const HEALTHY: HealthBody = {
  status: 'ok',
  version: '0.0.0',
  startedAt: NOW,
  store: { engine: 'sqlite', bytes: 1, ok: true },
  work: { running: true, restarts: 0, lastError: null },
};

const open: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

/** A store for tests in which the engine does not matter; `onEachEngine` is for those in which it does. */
export function useStore(): () => Engine {
  const file = temporaryFile();
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await openStore(file.location);
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await file.remove();
  });
  return () => {
    if (!engine) throw new Error('the store is opened before the tests');
    return engine;
  };
}

let names = 0;

/** Closed after the test. */
export async function openTestApp(
  engine: Engine,
  { health = {}, context = {}, activity }: Said = {},
): Promise<TestApp> {
  const name = `http-${names++}`;
  const clock = new ManualClock(NOW);
  const { org, source } = await engine.write(async ({ database }) => {
    const made = await ensureOrg(database, name, name, NOW);
    const archive = { name: 'platform', kind: 'archive', interval: MINUTE, location: './snapshots' };
    return { org: made, source: await ensureSource(database, made.number, archive) };
  });
  const log: string[] = [];
  const files = temporaryBlobs();
  const served = new ServedWindows({
    engine,
    clock,
    blobs: files.blobs,
    isPublisherUp: () => true,
    onError: (error) => log.push(String(error)),
  });
  const app = createApp({
    engine,
    org,
    accounts: null,
    clock,
    ingest: { take: () => undefined, status: { running: true, restarts: 0, lastError: null } },
    history: new History(engine, clock),
    activity: new Activity(engine, activitySchema.parse(activity), clock, () => {}),
    windows: { served, settings: { location: { kind: 'folder', path: files.path }, keepVersions: HOUR, rules: [] } },
    logger: pino({ level: 'info' }, { write: (line: string) => log.push(line) }) as unknown as HttpContext['logger'],
    archives: () => [{ name: 'platform', isPlatform: true }],
    configuration: () => ({ loadedAt: NOW, file: null, settings: [], problem: null }),
    health: async () => ({ ...HEALTHY, ...health }),
    webRoot: '/nowhere',
    allowedHosts: undefined,
    ...context,
  });
  open.push(app);
  app.addHook('onClose', async () => {
    served[Symbol.dispose]();
    files.remove();
  });
  return {
    app,
    blobs: files.blobs,
    engine,
    org,
    source,
    clock,
    viewers: seriesId(org.id, 'platform.viewers', {}),
    log,
  };
}

const VIEWERS: SeriesDescription = {
  metric: 'platform.viewers',
  labels: {},
  kind: 'gauge',
  unit: 'viewers',
  title: 'All viewers',
};

export const streamViewers = (stream: string): SeriesDescription => ({
  ...VIEWERS,
  metric: 'platform.stream.viewers',
  labels: { stream },
  title: stream,
});

type Lands = Pick<TestApp, 'engine' | 'org' | 'source'> & { readonly clock: Clock };

/** Lands samples of one series, each with its minute in the ledger. */
export async function landSamples(
  { engine, org, source, clock }: Lands,
  samples: ReadonlyMap<number, number>,
  description = VIEWERS,
): Promise<void> {
  const ledger = [...samples.keys()].map((at): LedgerEntry => entryOf(at, 'have'));
  const series = [{ description, times: [...samples.keys()], values: [...samples.values()] }];
  await land(engine, org, { source, reason: 'late object', series, ledger }, clock);
}

/** Writes into the ledger that minutes were asked for without a sample. */
export async function landNothing(
  { engine, org, source, clock }: Lands,
  minutes: readonly number[],
  state: 'empty' | 'failed',
): Promise<void> {
  const ledger = minutes.map((at) => entryOf(at, state));
  await land(engine, org, { source, reason: 'late object', series: [], ledger }, clock);
}

export async function freezeAndClose({ engine, org, source, clock }: Lands, range: Interval): Promise<void> {
  await freeze(engine, clock);
  await close(engine, org, source, range, clock);
}

function entryOf(at: number, state: LedgerEntry['state']): LedgerEntry {
  const from = Math.floor(at / MINUTE) * MINUTE;
  return { from, to: from + MINUTE, state, attempts: 1, detail: null };
}

/** Minutes before `end`, with a value that depends on nothing but the minute. */
export function minutesUntil(end: number, count: number): Map<number, number> {
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const at = Math.floor(end / MINUTE) * MINUTE - (count - index) * MINUTE;
      return [at, ((at / MINUTE) * 7919) % 1000];
    }),
  );
}
