import { expect, test } from 'vitest';
import { DAY, floorTo, HOUR } from '../../src/domain/time.ts';
import { freeze } from '../../src/history/freeze.ts';
import { dropRaw } from '../../src/history/retention.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { DeviceClosing } from '../../src/sources/push/closing.ts';
import { listSources, type Source } from '../../src/store/catalog.ts';
import { onEachEngine } from '../support/engines.ts';
import { openPushRig } from './push-rig.ts';

const now = (): number => Date.now();

onEachEngine((store) => {
  test('samples of every format land, and are read back', async () => {
    const rig = await openPushRig(store());
    const at = now() - 60_000;
    const sample = { metric: 'room', device: 'pi', temperature: 21.5, humidity: 40, timestamp: at };
    const bodies: [string, string, string][] = [
      [`room,device=line temperature=21.5,humidity=40i,note="x" ${at}000000\n`, 'text/plain; charset=utf-8', '?'],
      [JSON.stringify([sample]), 'application/json', '?device=json'],
      [`${JSON.stringify(sample)}\n`, 'application/x-ndjson', '?device=ndjson'],
      [`time,metric,temperature,humidity\n${at},room,21.5,40\n`, 'text/csv', '?device=csv'],
      [
        `room temperature=21.5,humidity=40 ${at / 1}`,
        'application/x-www-form-urlencoded',
        '?format=line&precision=ms&device=form',
      ],
    ];
    for (const [body, type, query] of bodies) {
      const { status, body: report } = await rig.push(body, type, query);
      expect(report).toMatchObject({ accepted: 1, values: 2, rejected: [], newSeries: 2 });
      expect(status).toBe(200);
    }
    for (const device of ['line', 'json', 'ndjson', 'csv', 'form']) {
      expect(await rig.samples('room.temperature', { device })).toEqual([[at, 21.5]]);
      expect(await rig.samples('room.humidity', { device })).toEqual([[at, 40]]);
    }
    expect(rig.troubles).toEqual([]);
  });

  test('the same body twice leaves the same state and tells nobody', async () => {
    const rig = await openPushRig(store());
    const at = now() - 3_600_000;
    const body = Array.from(
      { length: 50 },
      (_, index) => `m,device=a v=${index},w=${index * 2} ${at + index * 1_000}`,
    ).join('\n');
    await rig.push(body, 'text/plain', '?precision=ms');
    const state = async () => ({
      points: await rig.samples('m.v'),
      series: await rig.engine.reader.selectFrom('series').selectAll().where('org', '=', rig.org.number).execute(),
      ledger: await rig.engine.reader.selectFrom('ledger').selectAll().execute(),
      fields: await rig.engine.reader.selectFrom('field').selectAll().where('org', '=', rig.org.number).execute(),
      feed: await rig.engine.reader.selectFrom('feed').selectAll().where('org', '=', rig.org.number).execute(),
    });
    const before = await state();
    expect(before.points).toHaveLength(50);
    expect(before.fields.map(({ name, place }) => [name, place])).toEqual([
      ['v', 0],
      ['w', 1],
    ]);
    expect((await rig.push(body, 'text/plain', '?precision=ms')).body).toMatchObject({ accepted: 50, newSeries: 0 });
    expect(await state()).toEqual(before);
  });

  test('good lines are kept whatever the others hold', async () => {
    const rig = await openPushRig(store());
    const { status, body } = await rig.push('m v=1\nbad\nm v="x"\nm v=2 1700000000\n');
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 1, values: 1, ignoredFields: 1 });
    expect(body.rejected?.map(({ line }) => line)).toEqual([2, 4]);
    const nothing = await rig.push('bad\nworse\n');
    expect(nothing.status).toBe(400);
    expect(nothing.body.detail).toBe('no sample was stored; line 1: no fields: "bad"');
    expect(nothing.body.report?.rejected).toHaveLength(2);
  });

  test('beyond the limit of series lines are rejected one by one, and the known series go on', async () => {
    const rig = await openPushRig(store(), { mostSeries: 2 });
    const first = await rig.push('m a=1,b=2\nm c=3\nn,x=1 a=1');
    expect(first.body).toMatchObject({ accepted: 1, values: 2, newSeries: 2 });
    expect(first.body.rejected).toEqual([
      { line: 2, reason: 'the limit of 2 series is reached' },
      { line: 3, reason: 'the limit of 2 series is reached' },
    ]);
    const second = await rig.push('m a=1,c=2\nm b=3\n');
    expect(second.body).toMatchObject({ accepted: 2, values: 2, newSeries: 0 });
    expect(second.body.rejected).toEqual([{ line: 1, reason: 'the limit of 2 series is reached' }]);
  });

  test('samples older than what retention keeps are rejected line by line, by a thread that knew the device before too', async () => {
    const rig = await openPushRig(store());
    const at = floorTo(now(), DAY) - 3 * DAY;
    const body = Array.from({ length: 50 }, (_, hour) => `room,device=pi t=${hour} ${at + hour * HOUR}`).join('\n');
    expect((await rig.push(body, 'text/plain', '?precision=ms')).body).toMatchObject({ accepted: 50 });
    await freeze(rig.engine, systemClock);
    await new DeviceClosing(rig.engine, 0, systemClock).closeHours();
    const [source] = await listSources(rig.engine.reader, rig.org.number);
    expect(await dropRaw(rig.engine, rig.org, source as Source, at + DAY, systemClock)).toBe(at + DAY);
    // The thread hears of it with the next landing.
    await rig.push(`room,device=pi t=1 ${now()}`, 'text/plain', '?precision=ms');
    const late = `room,device=pi t=7 ${at + HOUR + 1}\nroom,device=pi t=8 ${at + DAY + 1}`;
    expect((await rig.push(late, 'text/plain', '?precision=ms')).body).toMatchObject({
      accepted: 1,
      rejected: [{ line: 1, reason: expect.stringMatching(/^older than .* raw samples are no longer kept$/) }],
    });
    expect((await rig.samples('room.t')).map(([stamp]) => stamp)).toContain(at + DAY + 1);
  });

  test('a device cannot take the name of another source', async () => {
    const rig = await openPushRig(store());
    await rig.engine.write(({ database }) =>
      database
        .insertInto('source')
        .values({ org: rig.org.number, name: 'platform', kind: 'archive', interval: 60_000, location: './x' } as never)
        .execute(),
    );
    const { status, body } = await rig.push('m v=1', 'text/plain', '?device=platform');
    expect(status).toBe(400);
    expect(body.detail).toBe(
      'no sample was stored; line 1: the name platform is that of the archive platform; give the device another one',
    );
    const source = await rig.engine.reader
      .selectFrom('source')
      .selectAll()
      .where('name', '=', 'platform')
      .where('org', '=', rig.org.number)
      .execute();
    expect(source).toMatchObject([{ kind: 'archive', interval: 60_000 }]);
  });

  test('many small bodies at once all land', async () => {
    const rig = await openPushRig(store());
    const at = now() - 1_000_000;
    const pushes = Array.from({ length: 200 }, (_, index) =>
      rig.push(`m,device=d${index % 3} v=${index} ${at + index}`, 'text/plain', '?precision=ms'),
    );
    expect((await Promise.all(pushes)).map(({ status }) => status)).toEqual(Array(200).fill(200));
    expect((await rig.samples('m.v')).map(([, value]) => value)).toEqual(
      Array.from({ length: 200 }, (_, index) => index),
    );
  });
});
