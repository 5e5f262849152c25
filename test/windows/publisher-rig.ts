import { afterEach, expect } from 'vitest';
import { WINDOW_NAMES } from '../../src/domain/windows.ts';
import type { Engine } from '../../src/store/engine.ts';
import { readFeed } from '../../src/store/feed.ts';
import { type Publication, readPublications } from '../../src/store/publications.ts';
import { findPublishable } from '../../src/store/publishable-series.ts';
import { forgetSeries, idOf, openPublisher, type Rig, temporaryBlobs } from './windows-rig.ts';

const cleanUps: (() => unknown)[] = [];
const engines = new Set<Engine>();
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  for (const engine of engines) await forgetSeries(engine);
  engines.clear();
});

/** A folder to publish to, removed after the test. */
export const blobsOf = () => {
  const made = temporaryBlobs();
  cleanUps.push(made.remove);
  return made;
};

/** A publisher at work, ended after the test. */
export const started = async (
  rig: Rig,
  ...rest: Parameters<typeof openPublisher> extends [unknown, ...infer Rest] ? Rest : never
) => {
  const publisher = openPublisher(rig, ...rest);
  engines.add(rig.engine);
  cleanUps.push(() => publisher[Symbol.asyncDispose]());
  await publisher.start();
  return publisher;
};

/** What is published of a metric, by window. */
export async function publicationsOf({ engine, org }: Rig, metric: string): Promise<ReadonlyMap<string, Publication>> {
  const series = await findPublishable(engine.reader, org.number, idOf({ org }, metric));
  const found = (await readPublications(engine.reader, [series?.number ?? -1])).get(series?.number ?? -1) ?? [];
  return new Map(found.map((publication) => [publication.window, publication]));
}

/** The versions of the windows of a metric, once all hold what landed. */
export async function published(rig: Rig, metric: string): Promise<Record<string, string | null>> {
  const { engine, org } = rig;
  await expect
    .poll(async () => {
      const series = await findPublishable(engine.reader, org.number, idOf(rig, metric));
      const found = [...(await publicationsOf(rig, metric)).values()];
      return found.filter(({ changes, versionId }) => versionId !== null && changes === series?.changes).length;
    }, POLL)
    .toBe(WINDOW_NAMES.length);
  return Object.fromEntries(
    [...(await publicationsOf(rig, metric))].map(([window, { versionId }]) => [window, versionId]),
  );
}

export const windowEvents = async ({ engine, org }: Rig, state = 'published') =>
  (await readFeed(engine.reader, org.number, 0, 100_000)).flatMap(({ kind, payload }) =>
    kind === 'window' && payload.state === state ? [payload] : [],
  );

export const POLL = { timeout: 60_000, interval: 20 };
