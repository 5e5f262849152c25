import { afterEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { GRANULARITIES, segmentEdges, WINDOW_NAMES, WINDOWS, windowRange } from '../../src/domain/windows.ts';
import { freeze } from '../../src/history/freeze.ts';
import { readFeed } from '../../src/store/feed.ts';
import { readPublications } from '../../src/store/publications.ts';
import { findPublishable } from '../../src/store/publishable-series.ts';
import { readPublished } from '../../src/windows/read-published.ts';
import { bruteForceBuckets, type Samples } from '../history/brute-force.ts';
import { onEachEngine } from '../support/engines.ts';
import { every, idOf, NOW, openPublisher, openRig, push, type Rig, temporaryBlobs } from './windows-rig.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const blobsOf = () => {
  const made = temporaryBlobs();
  cleanUps.push(made.remove);
  return made;
};

const started = async (
  rig: Rig,
  ...rest: Parameters<typeof openPublisher> extends [unknown, ...infer Rest] ? Rest : never
) => {
  const publisher = openPublisher(rig, ...rest);
  cleanUps.push(() => publisher[Symbol.asyncDispose]());
  await publisher.start();
  return publisher;
};

/** Versions of the windows of a metric, once each holds all that landed. */
async function published(
  rig: Rig,
  metric: string,
  count = WINDOW_NAMES.length,
): Promise<Record<string, string | null>> {
  const { engine, org } = rig;
  return expect
    .poll(
      async () => {
        const series = await findPublishable(engine.reader, org.number, idOf(rig, metric));
        const found = (await readPublications(engine.reader, [series?.number ?? -1])).get(series?.number ?? -1) ?? [];
        const current = found.filter(({ changes, versionId }) => versionId !== null && changes === series?.changes);
        return current.length === count
          ? Object.fromEntries(current.map(({ window, versionId }) => [window, versionId]))
          : undefined;
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBeDefined()
    .then(async () => {
      const series = await findPublishable(engine.reader, org.number, idOf(rig, metric));
      const found = (await readPublications(engine.reader, [series?.number ?? -1])).get(series?.number ?? -1) ?? [];
      return Object.fromEntries(found.map(({ window, versionId }) => [window, versionId]));
    });
}

function expectedPoints(samples: Samples, humidity: Samples | undefined, edges: readonly number[]) {
  const beside = new Map(bruteForceBuckets(humidity ?? new Map(), edges).map((bucket) => [bucket.from, bucket]));
  return bruteForceBuckets(samples, edges).map(({ from, to, sum, count, min, max }) => {
    const other = beside.get(from);
    return {
      t: from,
      to,
      avg: sum / count,
      min,
      max,
      count,
      ...(other
        ? {
            dimensions: {
              humidity: { avg: other.sum / other.count, min: other.min, max: other.max, count: other.count },
            },
          }
        : {}),
    };
  });
}

onEachEngine((store) => {
  test('every window in every granularity is what looking at each sample gives, with dimensions, holes and extremes', async () => {
    const rig = await openRig(store().engine);
    const temperature = new Map([
      ...every(20 * MINUTE, NOW - 400 * DAY, NOW - 12 * DAY),
      ...every(MINUTE, NOW - 12 * DAY, NOW - 5 * DAY),
      ...every(30 * SECOND, NOW - DAY, NOW),
      [NOW - 100 * DAY + 7, 1e9],
      [NOW - 2 * HOUR + 13, -1e9],
    ]);
    const humidity = every(90 * SECOND, NOW - 2 * DAY, NOW - HOUR / 2);
    await push(rig, { temperature, humidity });
    await freeze(rig.engine, rig.clock);
    const { blobs } = blobsOf();
    await started(rig, blobs);
    await published(rig, 'temperature');
    for (const window of WINDOW_NAMES) {
      for (const granularity of GRANULARITIES) {
        const series = idOf(rig, 'temperature');
        const found = await readPublished(blobs, { series, window, granularity });
        const range = windowRange(window, NOW);
        const edges = [...segmentEdges(range, granularity)];
        expect(found?.artifact.points.map(({ partial: _, ...point }) => point)).toEqual(
          expectedPoints(temperature, humidity, edges),
        );
        expect(found?.artifact).toMatchObject({ ...range, segments: granularity, window, granularity });
        expect(found?.meta).toMatchObject({ count: found?.artifact.points.length, stale: false });
      }
    }
  });

  test('late samples reach the windows that they lie in, and no others are built', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: every(MINUTE, NOW - 2 * DAY, NOW) });
    await freeze(rig.engine, rig.clock);
    const { blobs } = blobsOf();
    await started(rig, blobs);
    const before = await published(rig, 'temperature');
    rig.clock.advance(MINUTE);
    // Time alone moves the short windows on; the late sample lies three days back.
    await push(rig, { temperature: new Map([[NOW - 3 * DAY, 5]]) });
    rig.clock.advance(WINDOWS['12m'].buildEvery);
    const after = await published(rig, 'temperature');
    for (const window of ['10d', '3m', '12m']) expect(after[window]).not.toBe(before[window]);
    const events = await readFeed(rig.engine.reader, rig.org.number, 0, 1_000);
    expect(events.some(({ kind }) => kind === 'window')).toBe(true);
  });
});
