import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { MINUTE } from '../../src/domain/time.ts';
import type { Extractor } from '../../src/sources/archive/extractor.ts';
import { onEachEngine } from '../support/engines.ts';
import { DAY, HOUR, makeRig, type Rig, type RigSettings } from './archive-rig.ts';

const START = Date.parse('2026-11-20T10:00Z');
const rigs: Rig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.remove();
});

onEachEngine((store) => {
  const rigAt = async (now: string, settings: RigSettings = {}, extractor?: Extractor): Promise<Rig> => {
    const rig = await makeRig(store().engine, now, settings, extractor);
    rigs.push(rig);
    return rig;
  };

  test('an empty archive is no failure, and nothing is said of its time', async () => {
    const rig = await rigAt('2026-11-20T14:30Z');
    await rig.blobs.write('README.md', Buffer.from('soon'));
    const none = { listed: 0, read: 0, failed: 0, rejectedRows: 0, samples: 0 };
    expect(await rig.archive.backfill()).toEqual(none);
    expect(await rig.archive.tail()).toEqual(none);
    expect(await rig.ledger()).toEqual([]);
    expect(await rig.closed()).toEqual([]);
    await rig.put(START, 1);
    expect(await rig.archive.tail()).toMatchObject({ read: 0 });
    expect(await rig.archive.backfill()).toMatchObject({ read: 1 });
  });

  test('an absent folder is said to be absent', async () => {
    const rig = await rigAt('2026-11-20T14:30Z');
    await rig.remove();
    await expect(rig.archive.tail()).rejects.toMatchObject({ problem: 'not-found' });
    expect((await rig.state()).lastError).toContain('no such file or folder');
  });

  test('a range is cut to the archive, and one that is reversed is refused', async () => {
    const rig = await rigAt('2026-11-20T14:30Z');
    await rig.put(START + 10 * MINUTE, 1);
    expect(await rig.archive.backfill({ from: 0, to: 4e12 })).toMatchObject({ read: 1 });
    expect((await rig.ledger())[0]).toBe('2026-11-20T10:10 +1m have');
    expect(await rig.archive.backfill({ from: 0, to: START - DAY })).toMatchObject({ listed: 0 });
    expect(() => rig.archive.backfill({ from: START, to: START })).toThrow(RangeError);
  });

  test('keys of the future wait for their time', async () => {
    const rig = await rigAt('2026-11-20T10:30Z');
    await rig.put(START, 1);
    await rig.put(START + 2 * HOUR, 2);
    expect(await rig.archive.backfill()).toMatchObject({ listed: 1, read: 1, failed: 0 });
    rig.clock.advance(2 * HOUR);
    expect(await rig.archive.tail()).toMatchObject({ read: 1, failed: 0 });
  });

  test('a clock set back closes nothing and opens nothing', async () => {
    const rig = await rigAt('2026-11-20T14:30Z');
    for (let index = 0; index < 270; index++) await rig.put(START + index * MINUTE, index);
    await rig.archive.backfill();
    const before = [await rig.closed(), await rig.ledger()];
    rig.clock.set('2026-11-20T11:30Z');
    await rig.archive.tail();
    expect([await rig.closed(), await rig.ledger()]).toEqual(before);
  });

  test('packed objects, wildcards and foreign keys', async () => {
    const rig = await rigAt('2026-11-20T15:00Z', { key: 'in/{yyyy}{MM}{dd}T{HH}{mm}{ss}-{*}.json.gz' });
    const body = gzipSync(JSON.stringify([{ id: 'A', viewers: 3 }]));
    await rig.blobs.write('in/20261120T100000-x1.json.gz', body);
    await rig.blobs.write('in/20261120T100130-.json.gz', body);
    await rig.blobs.write('in/20261120T100230-cut.json.gz', body.subarray(0, 30));
    await rig.blobs.write('in/20261120T100330-x.json.gz.tmp', body);
    await rig.blobs.write('in/_SUCCESS', Buffer.from(''));
    expect(await rig.archive.backfill()).toMatchObject({ listed: 3, read: 2, failed: 1 });
    expect((await rig.ledger()).slice(0, 2)).toEqual([
      '2026-11-20T10:00 +2m have',
      '2026-11-20T10:02 +1m failed in/20261120T100230-cut.json.gz: the gzip data is truncated',
    ]);
  });

  test('one object a day: cells and closing go by the day', async () => {
    const settings = { key: '{yyyy}/{MM}/{dd}.json', interval: DAY };
    const rig = await rigAt('2026-11-23T01:00Z', settings);
    for (const day of [20, 21, 22, 23]) await rig.put(Date.UTC(2026, 10, day), day);
    await rig.archive.backfill();
    expect(await rig.closed()).toEqual(['2026-11-20T00:00 2026-11-22T00:00']);
    expect(await rig.ledger()).toEqual(['2026-11-20T00:00 +5760m have']);
    rig.clock.advance(HOUR);
    await rig.archive.tail();
    expect(await rig.closed()).toEqual(['2026-11-20T00:00 2026-11-23T00:00']);
  });

  test.for([
    [7 * MINUTE, '{yyyy}/{MM}/{dd}/{HH}{mm}.json', 'must divide the hour'],
    [MINUTE, '{yyyy}/{MM}/{dd}/{HH}.json', 'further apart than the interval'],
  ] as const)('an interval of %i ms does not fit %s', async ([interval, key, reason]) => {
    await expect(rigAt('2026-11-20T15:00Z', { interval, key })).rejects.toThrow(reason);
  });

  test('an own extractor may say when each sample was taken', async () => {
    const readings: Extractor = (snapshot) =>
      (snapshot as [number, number][]).map(([timestamp, value]) => ({
        metric: 'load',
        kind: 'distribution',
        timestamp,
        value,
      }));
    const rig = await rigAt('2026-11-20T15:00Z', {}, readings);
    await rig.putBody(
      START,
      JSON.stringify([
        [START - 30_000, 1],
        [START - 90_000, 2],
        [START - 30_000, 3],
      ]),
    );
    await rig.putBody(START + MINUTE, JSON.stringify([[START + 9 * DAY, 1]]));
    await rig.archive.backfill();
    const series = await store().engine.reader.selectFrom('series').select('number').where('org', '=', rig.org.number);
    const { number } = await series.executeTakeFirstOrThrow();
    const { times, values } = await store().engine.readPoints(number, 0, 4e12);
    expect([...times]).toEqual([START - 90_000, START - 30_000]);
    expect([...values]).toEqual([2, 3]);
    expect((await rig.ledger())[1]).toContain('is in the future');
  });

  test('a snapshot larger than a transaction lands in parts, and counts only when all are there', async () => {
    const many: Extractor = () =>
      Array.from({ length: 45_000 }, (_, index) => ({
        metric: 'm',
        labels: { n: String(index % 9) },
        timestamp: START - index,
        value: 1,
      }));
    const rig = await rigAt('2026-11-20T15:00Z', {}, many);
    await rig.putBody(START, '{}');
    expect(await rig.archive.backfill()).toMatchObject({ read: 1, samples: 45_000 });
    const { count } = await store()
      .engine.reader.selectFrom('point')
      .innerJoin('series', 'series.number', 'point.series')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('org', '=', rig.org.number)
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(45_000);
  });

  test('rows that were left out are named with the object', async () => {
    const rig = await rigAt('2026-11-20T15:00Z');
    await rig.putBody(START, JSON.stringify([{ id: 'A', viewers: 1 }, { id: 'B' }, { viewers: 3 }]));
    expect(await rig.archive.backfill()).toMatchObject({ read: 1, failed: 0, rejectedRows: 2 });
    const { reader } = store().engine;
    const objects = reader.selectFrom('archive_object').select('detail').where('source', '=', rig.source.number);
    expect((await objects.executeTakeFirst())?.detail).toBe(
      '2 rows left out: row 1 (B): no number of viewers; row 2: no id',
    );
  });
});
