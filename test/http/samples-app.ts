import { afterEach, expect } from 'vitest';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { History } from '../../src/history/history.ts';
import { JobRunner } from '../../src/jobs/runner.ts';
import { ensureSource } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { readFeed } from '../../src/store/feed.ts';
import { Publisher } from '../../src/windows/publisher.ts';
import { REFRESH_KIND, refreshHandler } from '../../src/windows/refresh-job.ts';
import { idOf, type Rig } from '../windows/windows-rig.ts';
import { openTestApp, type Said, type TestApp } from './test-app.ts';

/** An app with a device that pushes, and what publishes its windows. */
export interface SamplesApp extends TestApp {
  readonly device: Rig;
  /** Id of the series of its temperature. */
  readonly temperature: string;
  /** Begins to publish and to take refreshes; the returned function stops that. */
  publish(): Promise<() => Promise<void>>;
  /** How often windows were published until now. */
  builds(): Promise<number>;
}

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let owners = 0;

export async function openSamplesApp(
  engine: Engine,
  said: Said & { readonly publishTo?: (blobs: Blobs) => Blobs } = {},
): Promise<SamplesApp> {
  const app = await openTestApp(engine, said);
  const { org, clock, blobs } = app;
  const source = await engine.write(({ database }) =>
    ensureSource(database, org.number, { name: 'attic', kind: 'push', interval: null, location: 'attic' }),
  );
  const device: Rig = { engine, org, source, clock };
  const publish = async () => {
    const owner = `test-${owners++}`;
    const common = { engine, org, clock, owner };
    const publisher = new Publisher({
      ...common,
      history: new History(engine, clock),
      blobs: said.publishTo?.(blobs) ?? blobs,
      settings: { rules: [] },
      onError: (error) => app.log.push(String(error)),
    });
    const runner = new JobRunner({
      ...common,
      handlers: { [REFRESH_KIND]: refreshHandler(publisher) },
      onError: () => {},
    });
    await publisher.start();
    runner.start();
    const stop = async () => {
      await runner[Symbol.asyncDispose]();
      await publisher[Symbol.asyncDispose]();
    };
    cleanUps.push(stop);
    return stop;
  };
  const builds = async (): Promise<number> =>
    (await readFeed(engine.reader, org.number, 0, 100_000)).filter(
      ({ kind, payload }) => kind === 'window' && payload.state === 'published',
    ).length;
  return { ...app, device, temperature: idOf(device, 'temperature'), publish, builds };
}

/** Asks until the answer is what it is to become. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  matches: (answer: Answer) => boolean,
): Promise<Answer> {
  let answer: Answer | undefined;
  await expect
    .poll(
      async () => {
        answer = await ask();
        return matches(answer);
      },
      { timeout: 60_000, interval: 20 },
    )
    .toBe(true);
  return answer as Answer;
}
