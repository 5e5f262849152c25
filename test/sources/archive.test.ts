import { afterEach, expect, test } from 'vitest';
import { BlobError } from '../../src/blobs/blob-error.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { onEachEngine } from '../support/engines.ts';
import { DAY, HOUR, keyOf, makeRig, type Rig, type RigSettings } from './archive-rig.ts';

const START = Date.parse('2026-11-20T10:00Z');
const rigs: Rig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.remove();
});

onEachEngine((store) => {
  const rigAt = async (now: string, settings: RigSettings = {}): Promise<Rig> => {
    const rig = await makeRig(store().engine, now, settings);
    rigs.push(rig);
    return rig;
  };
  const fill = async (rig: Rig, from: number, minutes: number): Promise<void> => {
    for (let index = 0; index < minutes; index++) await rig.put(from + index * MINUTE, index);
  };

  test('a backfill lands every object, names every minute without one, and closes what is final', async () => {
    const rig = await rigAt('2026-11-20T14:30Z');
    await fill(rig, START + 5 * MINUTE, 115);
    await rig.putBody(START + 30 * MINUTE, '{"streams":[{"id":"A","view');
    await rig.putBody(START + 40 * MINUTE, '');
    await rig.put(START + 4 * HOUR, 999);
    const report = await rig.archive.backfill();
    expect(report).toEqual({ listed: 116, read: 114, failed: 2, rejectedRows: 0, samples: 114 * 4 });

    const total = await rig.samples('platform.viewers');
    expect(Object.keys(total)).toHaveLength(114);
    expect(total['2026-11-20T10:06']).toBe(11);
    expect(total['2026-11-20T10:30']).toBeUndefined();
    expect((await rig.samples('platform.stream.viewers', { stream: 'B' }))['2026-11-20T11:00']).toBe(550);
    expect(await rig.ledger()).toEqual([
      '2026-11-20T10:05 +25m have',
      expect.stringContaining('2026-11-20T10:30 +1m failed 2026/11/20/1030.json: not JSON'),
      '2026-11-20T10:31 +9m have',
      '2026-11-20T10:40 +1m failed 2026/11/20/1040.json: the object is empty',
      '2026-11-20T10:41 +79m have',
      '2026-11-20T14:00 +1m have',
    ]);
    expect(await rig.closed()).toEqual(['2026-11-20T10:00 2026-11-20T12:00']);
  });

  test('minutes of a final hour without an object were never written; those of an open hour may still come', async () => {
    const rig = await rigAt('2026-11-20T14:30Z');
    for (const minute of [0, 1, 3, 125, 127, 200]) await rig.put(START + minute * MINUTE, minute);
    await rig.archive.backfill();
    expect(await rig.ledger()).toEqual([
      '2026-11-20T10:00 +2m have',
      '2026-11-20T10:02 +1m empty never written',
      '2026-11-20T10:03 +1m have',
      '2026-11-20T10:04 +116m empty never written',
      '2026-11-20T12:05 +1m have',
      '2026-11-20T12:07 +1m have',
      '2026-11-20T13:20 +1m have',
    ]);
    rig.clock.set('2026-11-20T15:00Z');
    await rig.archive.tail();
    expect((await rig.ledger()).slice(3)).toEqual([
      '2026-11-20T10:04 +121m empty never written',
      '2026-11-20T12:05 +1m have',
      '2026-11-20T12:06 +1m empty never written',
      '2026-11-20T12:07 +1m have',
      '2026-11-20T12:08 +52m empty never written',
      '2026-11-20T13:20 +1m have',
    ]);
    expect(await rig.closed()).toEqual(['2026-11-20T10:00 2026-11-20T13:00']);
  });

  test('each object is read once, ever: the newest day first, and nothing the second time', async () => {
    const rig = await rigAt('2026-11-23T00:00Z');
    for (const day of [0, 1, 2]) await fill(rig, START + day * DAY, 3);
    await rig.archive.backfill();
    expect(rig.blobs.reads.map((key) => key.slice(0, 10))).toEqual(
      ['2026/11/22', '2026/11/21', '2026/11/20'].flatMap((day) => [day, day, day]),
    );
    rig.blobs.reads.length = 0;
    expect(await rig.archive.backfill()).toEqual({ listed: 9, read: 0, failed: 0, rejectedRows: 0, samples: 0 });
    expect(await rig.again(store().engine).backfill()).toMatchObject({ read: 0 });
    await rig.archive.tail();
    expect(rig.blobs.reads).toEqual([]);
  });

  test('ranges may be asked for in any order; what lies between was never asked', async () => {
    const rig = await rigAt('2026-11-30T00:00Z');
    for (let day = 0; day < 5; day++) await fill(rig, START + day * DAY, 2);
    const dayAt = (day: number) => ({ from: START + day * DAY, to: START + day * DAY + HOUR });
    await rig.archive.backfill(dayAt(3));
    await rig.archive.backfill(dayAt(1));
    expect(rig.blobs.reads.map((key) => key.slice(8, 10))).toEqual(['23', '23', '21', '21']);
    expect(await rig.closed()).toEqual(['2026-11-21T10:00 2026-11-21T11:00', '2026-11-23T10:00 2026-11-23T11:00']);
    expect((await rig.ledger()).map((entry) => entry.slice(0, 21))).toEqual([
      '2026-11-21T10:00 +2m ',
      '2026-11-21T10:02 +58m',
      '2026-11-23T10:00 +2m ',
      '2026-11-23T10:02 +58m',
    ]);
  });

  test.for([
    ['reading', keyOf('2026-11-20T10:59Z')],
    ['listing', ''],
  ])('when %s is refused the run ends with the reason, and nothing is taken for empty', async ([, refused]) => {
    const rig = await rigAt('2026-11-21T12:00Z');
    await fill(rig, START, 60);
    await fill(rig, START + DAY, 5);
    const error = new BlobError('forbidden', 'S3 answered 403 AccessDenied for s3://bucket/x', { key: 'x' });
    rig.blobs.refuse = (key) => {
      if (key === refused) throw error;
    };
    await expect(rig.archive.backfill({ nextAttemptAt: START + 2 * DAY })).rejects.toBe(error);
    expect((await rig.ledger()).filter((entry) => entry.startsWith('2026-11-20') && !entry.includes('have'))).toEqual(
      [],
    );
    expect((await rig.closed()).filter((range) => range.startsWith('2026-11-20'))).toEqual([]);
    const failing = { lastError: error.message, failingSince: rig.clock.now(), nextAttemptAt: START + 2 * DAY };
    expect(await rig.state()).toMatchObject({ ...failing, lastAttemptAt: rig.clock.now(), lastSuccessAt: null });

    rig.clock.advance(HOUR);
    await expect(rig.archive.backfill()).rejects.toBe(error);
    expect(await rig.state()).toMatchObject({ ...failing, lastAttemptAt: rig.clock.now() });

    rig.blobs.refuse = () => {};
    await rig.archive.backfill();
    expect(await rig.state()).toMatchObject({ lastError: null, failingSince: null, lastSuccessAt: rig.clock.now() });
    expect(Object.keys(await rig.samples('platform.streams'))).toHaveLength(65);
    expect(await rig.closed()).toEqual(['2026-11-20T10:00 2026-11-21T11:00']);
    const twice = rig.blobs.reads.filter((key, index) => rig.blobs.reads.indexOf(key) !== index);
    expect(twice.filter((key) => key !== refused)).toEqual([]);
  });

  test('the tail lists from the oldest open hour and reads only what is new there', async () => {
    const rig = await rigAt('2026-11-20T13:30Z');
    await fill(rig, START, 205);
    await rig.archive.backfill();
    rig.blobs.reads.length = 0;
    rig.blobs.lists.length = 0;
    await fill(rig, START + 205 * MINUTE, 3);
    rig.clock.advance(5 * MINUTE);
    expect(await rig.archive.tail()).toMatchObject({ listed: 148, read: 3 });
    expect(rig.blobs.lists).toEqual([
      expect.objectContaining({ startAfter: '2026/11/20/110/', before: '2026/11/20/1400' }),
    ]);
    expect(rig.blobs.reads).toEqual(['1325', '1326', '1327'].map((time) => `2026/11/20/${time}.json`));
  });

  test('a tail before any backfill brings the recent hours, and leaves the rest to the backfill', async () => {
    const rig = await rigAt('2026-11-25T10:30Z');
    await fill(rig, START, 10);
    await fill(rig, START + 5 * DAY - 4 * HOUR, 260);
    await rig.archive.tail();
    expect(rig.blobs.reads[0]).toBe(keyOf('2026-11-25T07:00Z'));
    expect(rig.blobs.reads).toHaveLength(200);
    expect(await rig.closed()).toEqual(['2026-11-25T07:00 2026-11-25T08:00']);
    await rig.archive.backfill();
    expect(rig.blobs.reads).toHaveLength(270);
    expect(await rig.closed()).toEqual(['2026-11-20T10:00 2026-11-25T08:00']);
  });

  test('a tail after a long pause catches up from where it stopped', async () => {
    const rig = await rigAt('2026-11-20T13:00Z');
    await fill(rig, START, 60);
    await rig.archive.backfill();
    await fill(rig, START + 60 * MINUTE, 5);
    await fill(rig, START + 12 * DAY, 5);
    rig.clock.set('2026-12-02T14:00Z');
    expect(await rig.archive.tail()).toMatchObject({ read: 10 });
    expect(await rig.closed()).toEqual(['2026-11-20T10:00 2026-12-02T12:00']);
  });

  test('a late object restates one chain of buckets, of its own series only', async () => {
    const rig = await rigAt('2026-11-21T12:00Z');
    await fill(rig, START, 20);
    await rig.putBody(START + 21 * MINUTE, JSON.stringify([{ id: 'C', viewers: 1 }]));
    await rig.archive.backfill();
    await rig.put(START + 25 * MINUTE, 7);
    rig.clock.advance(5 * DAY);
    expect(await rig.archive.tail()).toMatchObject({ read: 0 });
    expect(await rig.archive.recheck()).toMatchObject({ read: 1 });
    const { reader } = store().engine;
    const restated = await reader
      .selectFrom('restatement')
      .innerJoin('series', 'series.number', 'restatement.series')
      .select(['metric', 'labels', 'reason', 'from_at', 'to_at', 'restatement.version'])
      .where('org', '=', rig.org.number)
      .orderBy('metric')
      .orderBy('labels')
      .execute();
    const chain = {
      reason: 'late object 2026/11/20/1025.json',
      from_at: START + 15 * MINUTE,
      to_at: START + 30 * MINUTE,
    };
    expect(restated.map(({ metric, labels, ...rest }) => [metric, labels, { ...rest }])).toEqual([
      ['platform.stream.viewers', '{"stream":"A"}', { ...chain, version: 2 }],
      ['platform.stream.viewers', '{"stream":"B"}', { ...chain, version: 2 }],
      ['platform.streams', '{}', { ...chain, version: 2 }],
      ['platform.viewers', '{}', { ...chain, version: 2 }],
    ]);
    expect((await rig.ledger()).slice(0, 6)).toEqual([
      '2026-11-20T10:00 +20m have',
      '2026-11-20T10:20 +1m empty never written',
      '2026-11-20T10:21 +1m have',
      '2026-11-20T10:22 +3m empty never written',
      '2026-11-20T10:25 +1m have',
      expect.stringContaining('2026-11-20T10:26'),
    ]);
    expect(await rig.archive.recheck()).toMatchObject({ read: 0 });
  });

  test('a failed object is read again when it changed, or when that is asked for', async () => {
    const rig = await rigAt('2026-11-20T15:00Z');
    await fill(rig, START, 10);
    await rig.putBody(START + 4 * MINUTE, 'x');
    const readsOf = () => rig.blobs.reads.filter((key) => key.endsWith('1004.json')).length;
    await rig.archive.backfill();
    await rig.archive.backfill();
    expect(readsOf()).toBe(1);
    await rig.archive.backfill({ retryFailed: true });
    expect(readsOf()).toBe(2);
    expect((await rig.ledger())[1]).toContain('failed 2026/11/20/1004.json');
    await rig.put(START + 4 * MINUTE, 4);
    await rig.archive.recheck();
    expect(readsOf()).toBe(3);
    expect((await rig.ledger())[0]).toBe('2026-11-20T10:00 +10m have');
    const { reader } = store().engine;
    const [restatement] = await reader.selectFrom('restatement').selectAll().orderBy('series', 'desc').execute();
    expect(restatement?.reason).toBe('mended object 2026/11/20/1004.json');
    const record = await reader.selectFrom('archive_object').selectAll().where('source', '=', rig.source.number);
    expect(await record.where('key', '=', '2026/11/20/1004.json').executeTakeFirst()).toMatchObject({
      state: 'read',
      attempts: 3,
      detail: null,
    });
  });

  test('a tail that is due runs between two days of a backfill', async () => {
    const rig = await rigAt('2026-11-23T10:10Z');
    for (let day = 0; day < 4; day++) await fill(rig, START + day * DAY, 5);
    let asked = 0;
    const notes: string[] = [];
    await rig.archive.backfill({
      progress: ({ done, total, note }) => notes.push(`${note} ${done}/${total}`),
      shouldTail: () => {
        if (asked++ === 1) void rig.put(START + 3 * DAY + 7 * MINUTE, 1);
        return asked === 3;
      },
    });
    expect(asked).toBe(4);
    expect(rig.blobs.reads.indexOf(keyOf('2026-11-23T10:07Z'))).toBeGreaterThan(
      rig.blobs.reads.indexOf(keyOf('2026-11-21T10:00Z')),
    );
    expect(notes[0]).toMatch(/^2026-11-23 5\/\d+$/);
    expect(notes.at(-1)).toBe('2026-11-20 20/20');
  });

  test('two backfills at once land the same as one', async () => {
    const rig = await rigAt('2026-11-22T12:00Z');
    for (const day of [0, 1]) await fill(rig, START + day * DAY, 150);
    const other = rig.again(await store().reopen());
    const reports = await Promise.all([rig.archive.backfill(), other.backfill()]);
    expect(reports[0]?.listed).toBe(300);
    expect(Object.keys(await rig.samples('platform.viewers'))).toHaveLength(300);
    const versions = await store()
      .engine.reader.selectFrom('series')
      .select('version')
      .where('org', '=', rig.org.number)
      .execute();
    expect(versions.map(({ version }) => version)).toEqual([1, 1, 1, 1]);
    expect(await rig.closed()).toEqual(['2026-11-20T10:00 2026-11-22T10:00']);
    rig.blobs.reads.length = 0;
    await rig.archive.backfill();
    expect(rig.blobs.reads).toEqual([]);
  });

  test('a cancelled backfill keeps what it has, is no failure, and goes on later', async () => {
    const rig = await rigAt('2026-11-23T00:00Z');
    for (const day of [0, 1, 2]) await fill(rig, START + day * DAY, 40);
    const controller = new AbortController();
    const cancel = ({ done }: { done: number }) => done > 0 && controller.abort(new Error('cancelled'));
    await expect(rig.archive.backfill({ signal: controller.signal, progress: cancel })).rejects.toThrow('cancelled');
    expect(await rig.state()).toMatchObject({ lastError: null, failingSince: null });
    const kept = Object.keys(await rig.samples('platform.viewers')).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(120);
    expect(await rig.archive.backfill()).toMatchObject({ read: 120 - kept });
  });
});
