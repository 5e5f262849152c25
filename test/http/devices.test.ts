import { expect, test } from 'vitest';
import { freeze } from '../../src/history/freeze.ts';
import type { DeviceListBody } from '../../src/http/samples-contract.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { DeviceClosing } from '../../src/sources/push/closing.ts';
import { onEachEngine } from '../support/engines.ts';
import { openPushRig, type PushRig } from './push-rig.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const devices = async (rig: PushRig): Promise<DeviceListBody['devices']> =>
  (await rig.app.inject('/api/devices')).json<DeviceListBody>().devices;

const lines = (from: number, count: number, every: number): string =>
  Array.from({ length: count }, (_, index) => `room temperature=${index} ${from + index * every}\n`).join('');

const push = (rig: PushRig, device: string, body: string, query = '') =>
  rig.push(body, 'text/plain', `?precision=ms&device=${device}${query}`);

onEachEngine((store) => {
  test('a device is known by its pace, its gaps and its clock', async () => {
    const rig = await openPushRig(store());
    const now = Date.now();
    const from = now - 6 * HOUR;
    // Two hours, an outage of one, and the rest up to now.
    await push(rig, 'barn', lines(from, 120, MINUTE));
    await push(rig, 'barn', lines(from + 3 * HOUR, 180, MINUTE), `&sentAt=${Date.now() + MINUTE / 2}`);
    await push(rig, 'old', lines(now - 40 * HOUR, 10, MINUTE));
    const [barn, old] = await devices(rig);
    expect(barn).toMatchObject({
      name: 'barn',
      state: 'live',
      cadence: MINUTE,
      series: 1,
      samplesPerMinute: 1,
      gapsOmitted: 0,
      lastError: null,
    });
    expect(barn?.gaps).toEqual([{ from: from + 119 * MINUTE + 1, to: from + 3 * HOUR, reason: 'nothing received' }]);
    expect(barn?.coverage).toBeCloseTo(5 / 6, 2);
    expect(barn?.clockSkew).toBeGreaterThan(0);
    expect(barn?.clockSkew).toBeLessThanOrEqual(MINUTE / 2);
    expect(old).toMatchObject({ state: 'gone', lastSampleAt: now - 40 * HOUR + 9 * MINUTE });
    await push(rig, 'barn', 'bad\nroom temperature=1\n');
    expect((await devices(rig))[0]?.lastError).toBe('line 1: no fields: "bad"');
  });

  test('samples one by one make one run, in any order', async () => {
    const rig = await openPushRig(store());
    const from = Date.now() - HOUR;
    for (let index = 0; index < 8; index++) await push(rig, 'slow', lines(from + index * MINUTE, 1, MINUTE));
    const ledger = async () =>
      rig.engine.reader
        .selectFrom('ledger')
        .innerJoin('source', 'source.number', 'ledger.source')
        .select(['ledger.from_at as from', 'ledger.to_at as to', 'ledger.state'])
        .where('source.org', '=', rig.org.number)
        .orderBy('from_at')
        .execute();
    expect(await ledger()).toEqual([{ from, to: from + 7 * MINUTE + 1, state: 'have' }]);
    // What comes between and before joins, in any order.
    await push(rig, 'slow', lines(from + 20 * MINUTE, 1, MINUTE));
    expect(await ledger()).toHaveLength(2);
    await push(
      rig,
      'slow',
      lines(from + 8 * MINUTE, 12, MINUTE)
        .split('\n')
        .reverse()
        .join('\n'),
    );
    expect(await ledger()).toEqual([{ from, to: from + 20 * MINUTE + 1, state: 'have' }]);
  });

  test('hours are closed up to the newest sample, and what was kept back in an outage is no restatement', async () => {
    const rig = await openPushRig(store());
    const start = Math.floor((Date.now() - 10 * HOUR) / HOUR) * HOUR;
    const closing = new DeviceClosing(rig.engine, 10 * MINUTE, systemClock);
    const closed = async () =>
      rig.engine.reader
        .selectFrom('closed')
        .innerJoin('source', 'source.number', 'closed.source')
        .select(['closed.from_at as from', 'closed.to_at as to'])
        .where('source.org', '=', rig.org.number)
        .execute();
    const versions = async () =>
      (await rig.engine.reader.selectFrom('series').select('version').where('org', '=', rig.org.number).execute()).map(
        ({ version }) => version,
      );
    // Half an hour is missing in the second hour; then an outage begins.
    await push(rig, 'barn', lines(start, 60, MINUTE));
    await push(rig, 'barn', lines(start + 90 * MINUTE, 60, MINUTE));
    await freeze(rig.engine, systemClock);
    await closing.closeHours();
    expect(await closed()).toEqual([{ from: start, to: start + 2 * HOUR }]);
    const [source] = await rig.history.sources(rig.org.number);
    expect(source?.ledger.entries.map(({ from, to, state, detail }) => [from, to, state, detail])).toEqual([
      [start, start + 59 * MINUTE + 1, 'have', null],
      [start + 59 * MINUTE + 1, start + 90 * MINUTE, 'empty', 'nothing was received'],
      [start + 90 * MINUTE, start + 149 * MINUTE + 1, 'have', null],
    ]);
    // The spool comes in order, and the hours close behind it.
    for (let hour = 0; hour < 5; hour++) {
      await push(rig, 'barn', lines(start + 150 * MINUTE + hour * HOUR, 60, MINUTE));
      await freeze(rig.engine, systemClock);
      await closing.closeHours();
    }
    expect(await closed()).toEqual([{ from: start, to: start + 7 * HOUR }]);
    expect(await versions()).toEqual([1]);
    // A sample for a closed hour is taken all the same, and is one.
    await push(rig, 'barn', lines(start + 70 * MINUTE, 1, MINUTE));
    await freeze(rig.engine, systemClock);
    expect(await versions()).toEqual([2]);
    const restated = await rig.engine.reader
      .selectFrom('restatement')
      .innerJoin('series', 'series.number', 'restatement.series')
      .select('reason')
      .where('series.org', '=', rig.org.number)
      .execute();
    expect(restated).toEqual([{ reason: 'late samples of barn' }]);
  });
});
