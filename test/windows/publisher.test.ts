import { expect, test } from 'vitest';
import { BlobError } from '../../src/blobs/blob-error.ts';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { GRANULARITIES, segmentEdges, WINDOW_NAMES, WINDOWS, windowRange } from '../../src/domain/windows.ts';
import { close } from '../../src/history/close.ts';
import { freeze } from '../../src/history/freeze.ts';
import { dropRaw } from '../../src/history/retention.ts';
import { claimPublication } from '../../src/store/publications.ts';
import { findPublishable } from '../../src/store/publishable-series.ts';
import { readPublished } from '../../src/windows/read-published.ts';
import { readIndex } from '../../src/windows/windows-index.ts';
import { bruteForceBuckets, type Samples } from '../history/brute-force.ts';
import { onEachEngine } from '../support/engines.ts';
import { blobsOf, POLL, publicationsOf, published, started, windowEvents } from './publisher-rig.ts';
import { every, idOf, NOW, openRig, push } from './windows-rig.ts';

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
  test('every window in every granularity is what looking at each sample gives, with dimensions, holes and extremes', {
    timeout: 120_000,
  }, async () => {
    const rig = await openRig(store().engine);
    const temperature = new Map([
      ...every(2 * HOUR, NOW - 400 * DAY, NOW - 12 * DAY),
      ...every(5 * MINUTE, NOW - 12 * DAY, NOW - 5 * DAY),
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

  test('a restatement, and samples whose raw ones retention drops, come out as before', {
    timeout: 120_000,
  }, async () => {
    const rig = await openRig(store().engine);
    const samples = every(5 * MINUTE, NOW - 9 * DAY, NOW);
    await push(rig, { temperature: samples });
    await freeze(rig.engine, rig.clock);
    const day = (back: number) => Math.floor((NOW - back * DAY) / DAY) * DAY;
    await close(rig.engine, rig.org, rig.source, { from: day(9), to: day(3) }, rig.clock);
    const { blobs } = blobsOf();
    await started(rig, blobs);
    await published(rig, 'temperature');
    await push(rig, { temperature: new Map([[day(6) + 17, 12_345]]) });
    await freeze(rig.engine, rig.clock);
    await dropRaw(rig.engine, rig.org, rig.source, day(4), rig.clock);
    rig.clock.advance(WINDOWS['12m'].buildEvery);
    await published(rig, 'temperature');
    const found = await readPublished(blobs, { series: idOf(rig, 'temperature'), window: '10d', granularity: 500 });
    const range = { from: found?.artifact.from ?? 0, to: found?.artifact.to ?? 0 };
    const all = new Map([...samples, [day(6) + 17, 12_345]]);
    const points = found?.artifact.points.map(({ partial: _, ...point }) => point);
    expect(points).toEqual(expectedPoints(all, undefined, [...segmentEdges(range, 500)]));
    expect(found?.artifact.series.version).toBe(2);
  });

  test('late samples reach the windows that they lie in, and no others are built', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: every(MINUTE, NOW - 2 * DAY, NOW - 15 * HOUR) });
    await freeze(rig.engine, rig.clock);
    const { blobs } = blobsOf();
    await started(rig, blobs);
    const before = await published(rig, 'temperature');
    rig.clock.advance(2 * WINDOWS['1h'].buildEvery);
    await push(rig, { temperature: new Map([[NOW - 5 * DAY, 5]]) });
    rig.clock.advance(WINDOWS['10d'].buildEvery);
    await expect
      .poll(async () => (await publicationsOf(rig, 'temperature')).get('10d')?.versionId, POLL)
      .not.toBe(before['10d']);
    // The others hold the change as they are: nothing of it lies in them.
    const after = await publicationsOf(rig, 'temperature');
    const series = await findPublishable(rig.engine.reader, rig.org.number, idOf(rig, 'temperature'));
    for (const window of ['1h', '10h'] as const) {
      expect(after.get(window)).toMatchObject({ versionId: before[window], changes: series?.changes });
    }
  });

  test('a tick of one series of a thousand builds its window and no other', { timeout: 300_000 }, async () => {
    const rig = await openRig(store().engine);
    const metrics = Array.from({ length: 1_000 }, (_, index) => `metric${index}`);
    const alone = (metric: string) => metric;
    await push(rig, Object.fromEntries(metrics.map((metric) => [metric, new Map([[NOW - MINUTE, 1]])])), alone);
    const rule = { metric: /^metric/, labels: {}, windows: ['1h'] as const, granularities: [20] as const };
    await started(rig, blobsOf().blobs, { settings: { rules: [rule] } });
    const built = async () => (await windowEvents(rig)).length;
    await expect.poll(built, { timeout: 240_000, interval: 250 }).toBe(1_000);
    rig.clock.advance(MINUTE / 4);
    await push(rig, { metric7: new Map([[NOW, 2]]) }, alone);
    await expect
      .poll(async () => {
        rig.clock.advance(SECOND / 10);
        return built();
      }, POLL)
      .toBe(1_001);
    const [last] = (await windowEvents(rig)).slice(-1);
    expect(last).toMatchObject({ series: idOf(rig, 'metric7'), window: '1h' });
    // The others move on only now that their time is over.
    expect((await publicationsOf(rig, 'metric8')).get('1h')?.generatedAt).toBe(NOW);
  });

  test('a dimension that changed makes the windows of its primary field behind', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: new Map([[NOW - MINUTE, 20]]), humidity: new Map([[NOW - MINUTE, 40]]) });
    const { blobs } = blobsOf();
    await started(rig, blobs);
    await published(rig, 'temperature');
    await push(rig, { humidity: new Map([[NOW - MINUTE + 1, 60]]) });
    rig.clock.advance(WINDOWS['12m'].buildEvery);
    await published(rig, 'temperature');
    const found = await readPublished(blobs, { series: idOf(rig, 'temperature'), window: '1d', granularity: 20 });
    expect(found?.artifact.points.at(-1)?.dimensions).toEqual({ humidity: { avg: 50, min: 40, max: 60, count: 2 } });
  });

  test('a ladder that holds another count than the segments is not published, says why, and the last good stays (8)', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: every(5 * MINUTE, NOW - 3 * DAY, NOW) });
    await freeze(rig.engine, rig.clock);
    const { blobs } = blobsOf();
    const first = await started(rig, blobs);
    const before = await published(rig, 'temperature');
    await first[Symbol.asyncDispose]();
    const { number } = (await findPublishable(rig.engine.reader, rig.org.number, idOf(rig, 'temperature'))) ?? {
      number: -1,
    };
    // Lost by a bug or a bad disk: the minutes of a day, while its coarse buckets stay.
    const lost = { from: NOW - 2 * DAY, to: NOW - DAY };
    await rig.engine.write(async ({ database }) => {
      const rollups = database.deleteFrom('rollup').where('series', '=', number).where('level', '<', HOUR);
      await rollups.where('at', '>', lost.from).where('at', '<', lost.to).execute();
    });
    await push(rig, { temperature: new Map([[NOW, 1]]) });
    const publisher = await started(rig, blobs);
    const refreshing = publisher.refresh(
      rig.org.number,
      idOf(rig, 'temperature'),
      ['10d'],
      rig.clock.now(),
      new AbortController().signal,
      () => {},
    );
    await expect(refreshing).rejects.toThrow(/its segments hold \d+ samples where \d+ are stored/);
    const found = (await publicationsOf(rig, 'temperature')).get('10d');
    expect(found).toMatchObject({
      versionId: before['10d'],
      reason: expect.stringMatching(/are stored/),
      leaseUntil: null,
    });
    expect(found?.failures).toBeGreaterThan(0);
    const kept = await readPublished(blobs, { series: idOf(rig, 'temperature'), window: '10d', granularity: 20 });
    expect(kept?.meta.versionId).toBe(before['10d']);
  });

  test('a refresh that cannot be written gives its lease back with the reason, and goes through once there is room (12)', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: new Map([[NOW - MINUTE, 20]]) });
    const { blobs } = blobsOf();
    let isFull = true;
    const full: Blobs = Object.assign(Object.create(blobs) as Blobs, {
      location: blobs.location,
      list: blobs.list.bind(blobs),
      read: blobs.read.bind(blobs),
      move: blobs.move.bind(blobs),
      remove: blobs.remove.bind(blobs),
      write: async (key: string, ...rest: [Uint8Array]) => {
        if (isFull) throw new BlobError('full', 'no room left on the disk', { key });
        await blobs.write(key, ...rest);
      },
    });
    const publisher = await started(rig, full, { onError: () => {} });
    const refresh = () =>
      publisher.refresh(
        rig.org.number,
        idOf(rig, 'temperature'),
        ['1h'],
        rig.clock.now(),
        new AbortController().signal,
        () => {},
      );
    await expect(refresh()).rejects.toThrow('no room left on the disk');
    expect((await publicationsOf(rig, 'temperature')).get('1h')).toMatchObject({
      leaseUntil: null,
      failingSince: NOW,
      reason: 'no room left on the disk',
    });
    expect((await windowEvents(rig, 'failed'))[0]).toMatchObject({ reason: 'no room left on the disk' });
    isFull = false;
    expect(await refresh()).toMatchObject([{ window: '1h', versionId: expect.any(String) }]);
    expect((await publicationsOf(rig, 'temperature')).get('1h')).toMatchObject({
      failures: 0,
      failingSince: null,
      reason: null,
    });
  });

  test('windows that hold samples move on with time, until they are empty', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: new Map([[NOW - HOUR + MINUTE, 20]]) });
    const { blobs } = blobsOf();
    await started(rig, blobs);
    await published(rig, 'temperature');
    const samplesOf1h = async () => (await publicationsOf(rig, 'temperature')).get('1h')?.samples;
    expect(await samplesOf1h()).toBe(1);
    rig.clock.advance(5 * MINUTE);
    await expect.poll(samplesOf1h, POLL).toBe(0);
  });

  test('of many who refresh at once, with the publisher at work too, all get one build (11)', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: new Map([[NOW - MINUTE, 20]]) });
    const publisher = await started(rig, blobsOf().blobs);
    await published(rig, 'temperature');
    const before = (await windowEvents(rig)).filter(({ window }) => window === '1h').length;
    rig.clock.advance(MINUTE / 2 - 1);
    await push(rig, { temperature: new Map([[NOW, 21]]) });
    const refreshed = await Promise.all(
      Array.from({ length: 200 }, () =>
        publisher.refresh(
          rig.org.number,
          idOf(rig, 'temperature'),
          ['1h'],
          rig.clock.now(),
          new AbortController().signal,
          () => {},
        ),
      ),
    );
    expect(new Set(refreshed.flat().map(({ versionId }) => versionId)).size).toBe(1);
    expect((await windowEvents(rig)).filter(({ window }) => window === '1h')).toHaveLength(before + 1);
  });

  test('two publishers build each window once, and one that is gone is taken over when its lease is over', async () => {
    const rig = await openRig(store().engine);
    const other = { ...rig, engine: await store().reopen() };
    const { blobs } = blobsOf();
    await push(rig, { temperature: new Map([[NOW - MINUTE, 20]]) });
    const { number } = (await findPublishable(rig.engine.reader, rig.org.number, idOf(rig, 'temperature'))) ?? {
      number: -1,
    };
    // Killed while it built: its lease is all that is left of it.
    await rig.engine.write(({ database }) =>
      claimPublication(database, number, '10d', 'killed', NOW + 30 * SECOND, NOW),
    );
    await started(rig, blobs);
    await started(other, blobs);
    await expect.poll(async () => (await windowEvents(rig)).length, POLL).toBe(WINDOW_NAMES.length - 1);
    rig.clock.advance(10 * SECOND);
    expect((await publicationsOf(rig, 'temperature')).get('10d')?.versionId).toBeNull();
    for (let step = 0; step < 25; step++) rig.clock.advance(SECOND);
    await expect
      .poll(async () => {
        rig.clock.advance(SECOND);
        return (await publicationsOf(rig, 'temperature')).get('10d')?.versionId;
      }, POLL)
      .not.toBeNull();
    const built = (await windowEvents(rig)).filter(({ window }) => window === '12m');
    expect(built).toHaveLength(1);
  });

  test('without a rule the first field of a sender is published, and what other rules published is forgotten', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: new Map([[NOW - MINUTE, 20]]), humidity: new Map([[NOW - MINUTE, 40]]) });
    const { blobs } = blobsOf();
    const rule = { metric: /^humidity$/, labels: {}, windows: ['1h'] as const, granularities: [20] as const };
    const first = await started(rig, blobs, { settings: { rules: [rule] } });
    await expect
      .poll(async () => (await publicationsOf(rig, 'humidity')).get('1h')?.versionId, POLL)
      .toEqual(expect.any(String));
    await first[Symbol.asyncDispose]();
    await started(rig, blobs);
    await published(rig, 'temperature');
    expect((await publicationsOf(rig, 'humidity')).size).toBe(0);
    await expect
      .poll(async () => (await readIndex(blobs, rig.org.id)).map(({ metric }) => metric), POLL)
      .toEqual(['temperature']);
  });

  test('what could not be read of the feed is read again without another commit', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: new Map([[NOW - MINUTE, 20]]) });
    let isLost = false;
    const { engine } = rig;
    const flaky = new Proxy(engine, {
      get: (target, name) => {
        if (name === 'reader' && isLost) throw new Error('the store is lost for a moment');
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const troubles: unknown[] = [];
    await started({ ...rig, engine: flaky }, blobsOf().blobs, { onError: (error) => troubles.push(error) });
    const before = await published(rig, 'temperature');
    // Its pace allows a build, and nothing but newer samples asks for one yet.
    rig.clock.advance(10 * SECOND);
    isLost = true;
    await push(rig, { temperature: new Map([[NOW, 21]]) });
    await expect.poll(() => troubles.length, POLL).toBeGreaterThan(0);
    isLost = false;
    rig.clock.advance(2 * SECOND);
    await expect
      .poll(async () => (await publicationsOf(rig, 'temperature')).get('1h')?.versionId, POLL)
      .not.toBe(before['1h']);
    expect((await publicationsOf(rig, 'temperature')).get('1h')?.samples).toBe(2);
  });

  test('the published series are listed by name for readers without the store', async () => {
    const rig = await openRig(store().engine);
    await push(rig, { temperature: new Map([[NOW - MINUTE, 20]]), humidity: new Map([[NOW - MINUTE, 40]]) });
    const { blobs } = blobsOf();
    const rule = { metric: /^/, labels: {}, windows: WINDOW_NAMES, granularities: [20] as const };
    await started(rig, blobs, { settings: { rules: [rule] } });
    await expect.poll(async () => (await readIndex(blobs, rig.org.id)).length, POLL).toBe(2);
    const listed = new Map((await readIndex(blobs, rig.org.id)).map((series) => [series.metric, series]));
    expect(listed.get('temperature')).toMatchObject({
      id: idOf(rig, 'temperature'),
      isPrimary: true,
      windows: WINDOW_NAMES,
    });
    expect(listed.get('humidity')).toMatchObject({ isPrimary: false });
  });
});
