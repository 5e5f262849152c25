import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { utc } from '../../src/domain/zone.ts';
import { close } from '../../src/history/close.ts';
import { freeze } from '../../src/history/freeze.ts';
import { History } from '../../src/history/history.ts';
import { type Landing, land } from '../../src/history/land.ts';
import { dropRaw } from '../../src/history/retention.ts';
import { ensureOrg, ensureSource, type Org, type Source, seriesId } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { ManualClock } from '../support/clock.ts';
import { onEachEngine } from '../support/engines.ts';
import { bruteForce } from './brute-force.ts';

const START = Date.parse('2026-11-01T00:00:00Z');
const NOW = START + 20 * DAY + 10 * HOUR;
const temperature = { metric: 'temperature', labels: { room: 'attic' }, kind: 'gauge', unit: '°C', title: '' } as const;

let names = 0;

onEachEngine((store) => {
  const prepare = async (interval: number | null = MINUTE) => {
    const { engine } = store();
    const name = `history-${names++}`;
    const made = await engine.write(async ({ database }) => {
      const org = await ensureOrg(database, name, name, START);
      return {
        org,
        source: await ensureSource(database, org.number, { name, kind: 'push', interval, location: 'here' }),
      };
    });
    return {
      engine,
      ...made,
      clock: new ManualClock(NOW),
      id: seriesId(made.org.id, temperature.metric, temperature.labels),
    };
  };
  const landing = (source: Source, samples: readonly (readonly [number, number])[]): Landing => ({
    source,
    reason: 'late sample',
    series: [{ description: temperature, times: samples.map(([at]) => at), values: samples.map(([, value]) => value) }],
    ledger: samples.map(([at]) => ({
      from: at - (at % MINUTE),
      to: at - (at % MINUTE) + MINUTE,
      state: 'have',
      attempts: 1,
      detail: null,
    })),
  });
  const ask = async (history: History, org: Org, id: string, from: number, to: number, step: number) => {
    const knowledge = (await history.find(org.number, id)) ?? expect.fail('no such series');
    return history.answer(knowledge, history.plan(knowledge, { range: { from, to }, step, zone: utc }));
  };
  const everyMinute = (from: number, to: number): [number, number][] =>
    Array.from({ length: (to - from) / MINUTE }, (_, index) => [from + index * MINUTE, (index * 37) % 101]);
  const rollups = (engine: Engine, org: Org) =>
    engine.reader
      .selectFrom('rollup')
      .innerJoin('series', 'series.number', 'rollup.series')
      .selectAll('rollup')
      .where('series.org', '=', org.number)
      .orderBy('rollup.series')
      .orderBy('level')
      .orderBy('at')
      .execute();

  test('dropping raw samples never changes a frozen rollup, and late samples of dropped time are refused', async () => {
    const { engine, org, source, clock, id } = await prepare();
    const samples = everyMinute(START, START + 3 * DAY);
    await land(engine, org, landing(source, samples), clock);
    await freeze(engine, clock);
    await close(engine, org, source, { from: START, to: START + 2 * DAY }, clock);
    const history = new History(engine, clock);
    const before = await ask(history, org, id, START, START + 3 * DAY, HOUR);
    const kept = await rollups(engine, org);

    expect(await dropRaw(engine, org, source, START + 2 * DAY, clock)).toBe(START + 2 * DAY);
    const after = await ask(history, org, id, START, START + 3 * DAY, HOUR);
    expect(after.buckets).toEqual(before.buckets);
    expect(
      await land(
        engine,
        org,
        landing(source, [
          [START + HOUR + 1, 9e9],
          [START + 2 * DAY + 1, 5],
        ]),
        clock,
      ),
    ).toEqual({ changed: 1, tooOld: 1 });
    await freeze(engine, clock);
    expect((await rollups(engine, org)).filter(({ at }) => at + DAY <= START + 2 * DAY)).toEqual(
      kept.filter(({ at }) => at + DAY <= START + 2 * DAY),
    );
    // A question finer than what is left widens to what is left, and says so by its step.
    const fine = await ask(history, org, id, START + HOUR + 7 * MINUTE, START + 2 * HOUR + 7 * MINUTE, MINUTE);
    expect(fine).toMatchObject({ from: START + HOUR, to: START + 2 * HOUR + 15 * MINUTE, step: 15 * MINUTE });
    expect(fine.overall).toMatchObject({ count: 75 });
  });

  test('raw samples that are not closed yet are not dropped', async () => {
    const { engine, org, source, clock } = await prepare();
    await land(engine, org, landing(source, everyMinute(START, START + DAY)), clock);
    await freeze(engine, clock);
    expect(await dropRaw(engine, org, source, NOW, clock)).toBeNull();
  });

  test('what another process lands shows in the next answer', async () => {
    const { engine, org, source, clock, id } = await prepare();
    const other = await store().reopen();
    const history = new History(engine, clock);
    await land(engine, org, landing(source, everyMinute(START, START + HOUR)), clock);
    expect((await ask(history, org, id, START, START + DAY, HOUR)).overall?.count).toBe(60);
    await land(other, org, landing(source, everyMinute(START + HOUR, START + 2 * HOUR)), clock);
    const seen = async () => (await ask(history, org, id, START, START + DAY, HOUR)).overall?.count;
    await expect.poll(seen).toBe(120);
    await freeze(other, clock);
    await expect.poll(seen).toBe(120);
  });

  test('series that step back, repeat stamps and leave holes land and read right', async () => {
    const { engine, org, source, clock, id } = await prepare(null);
    const forward = everyMinute(START, START + 6 * HOUR).filter((_, index) => index % 60 < 45);
    const stepped = forward.slice(100, 160).map(([at, value]): [number, number] => [at, value + 1_000]);
    const shuffled = [...forward, ...stepped, ...forward.slice(0, 20)].map(([at, value]): [number, number] => [
      at + 13,
      value,
    ]);
    await land(engine, org, landing(source, shuffled), clock);
    await freeze(engine, clock);
    const expected = new Map(shuffled);
    const history = new History(engine, clock);
    for (const step of [MINUTE, 15 * MINUTE, HOUR]) {
      const answer = await ask(history, org, id, START, START + 6 * HOUR, step);
      const whole = bruteForce(expected, START, START + 6 * HOUR);
      expect(answer.overall).toMatchObject({ count: whole?.count, min: whole?.min, max: whole?.max });
      expect(answer.buckets.length).toBe(step === MINUTE ? expected.size : step === HOUR ? 6 : 18);
    }
    // Forty-five minutes of each hour are there; the hole is told as a hole, not drawn as zero.
    const answer = await ask(history, org, id, START, START + HOUR, MINUTE);
    expect(answer.buckets.length).toBe(45);
    expect(answer.envelope.missing).toMatchObject([
      { from: START + 45 * MINUTE, to: START + HOUR, reason: 'never-asked' },
    ]);
  });

  test('a forming bucket is partial, is replaced as samples come, and is final once closed', async () => {
    const { engine, org, source, clock, id } = await prepare();
    clock.set(START + 90 * MINUTE);
    const history = new History(engine, clock);
    await land(engine, org, landing(source, everyMinute(START, START + 80 * MINUTE)), clock);
    const open = await ask(history, org, id, START, START + 2 * HOUR, HOUR);
    expect(open.buckets.map(({ count, partial }) => [count, partial])).toEqual([
      [60, false],
      [20, true],
    ]);
    expect(open.envelope).toMatchObject({
      partial: [{ from: START + HOUR, to: START + 2 * HOUR, reason: 'open' }],
      watermark: START + 80 * MINUTE,
      missing: [{ from: START + 80 * MINUTE, to: START + 90 * MINUTE, reason: 'not-closed' }],
    });
    expect(open.frozen).toBe(false);

    clock.set(START + 5 * HOUR);
    await land(engine, org, landing(source, everyMinute(START + 80 * MINUTE, START + 2 * HOUR)), clock);
    await freeze(engine, clock);
    await close(engine, org, source, { from: START, to: START + 2 * HOUR }, clock);
    const closed = await ask(history, org, id, START, START + 2 * HOUR, HOUR);
    expect(closed.buckets.map(({ count, partial }) => [count, partial])).toEqual([
      [60, false],
      [60, false],
    ]);
    expect(closed.frozen).toBe(true);
    expect(closed.envelope.segments).toEqual([{ from: START, to: START + 2 * HOUR, source: 'frozen' }]);
  });

  test('a window cut by its edges says so, and one wider than the data says that too', async () => {
    const { engine, org, source, clock, id } = await prepare();
    await land(engine, org, landing(source, everyMinute(START, START + DAY)), clock);
    const history = new History(engine, clock);
    const cut = await ask(history, org, id, START + 30 * MINUTE, START + 5 * HOUR + 30 * MINUTE, HOUR);
    expect(cut.envelope.partial.map(({ reason }) => reason)).toEqual(['window-edge', 'window-edge']);
    expect(cut.buckets.map(({ count, partial }) => [count, partial])).toEqual([
      [30, true],
      [60, false],
      [60, false],
      [60, false],
      [60, false],
      [30, true],
    ]);
    const wide = await ask(history, org, id, START - 9 * DAY, START + DAY, DAY);
    expect(wide.envelope.missing[0]).toMatchObject({ from: START - 9 * DAY, to: START, reason: 'never-asked' });
    expect(wide.envelope.coverage).toMatchObject({
      have: DAY,
      neverAsked: 9 * DAY,
      ratio: 0.1,
      dataFrom: START,
      dataTo: START + DAY,
    });
  });

  test('a series absent from what was read is told as empty, not as never asked', async () => {
    const { engine, org, source, clock, id } = await prepare();
    const whole = landing(source, everyMinute(START, START + HOUR));
    const [series] = whole.series;
    await land(
      engine,
      org,
      {
        ...whole,
        series: [
          {
            ...(series ?? expect.fail()),
            times: Array.from(series?.times ?? []).slice(0, 20),
            values: Array.from(series?.values ?? []).slice(0, 20),
          },
        ],
      },
      clock,
    );
    const answer = await ask(new History(engine, clock), org, id, START, START + HOUR, MINUTE);
    expect(answer.envelope.missing).toEqual([
      {
        from: START + 20 * MINUTE,
        to: START + HOUR,
        reason: 'empty',
        detail: 'the source was read and this series was not in it',
      },
    ]);
    expect(answer.envelope.coverage.have).toBe(HOUR);
  });

  test('an answer in memory costs no read of samples, and memory stays within its limit', async () => {
    const { engine, org, source, clock, id } = await prepare();
    await land(engine, org, landing(source, everyMinute(START, START + 10 * DAY)), clock);
    await freeze(engine, clock);
    const history = new History(engine, clock, 60_000);
    for (let day = 0; day < 10; day++) await ask(history, org, id, START + day * DAY, START + (day + 1) * DAY, MINUTE);
    expect(history.memory.blocks.bytes).toBeLessThanOrEqual(60_000);
    expect(history.memory.blocks.bytes).toBeGreaterThan(20_000);
  });

  test('no series of another org is found', async () => {
    const { engine, org, source, clock, id } = await prepare();
    await land(engine, org, landing(source, everyMinute(START, START + HOUR)), clock);
    const history = new History(engine, clock);
    expect(await history.find(org.number + 1, id)).toBeUndefined();
    expect(await history.find(org.number, 'no-such-id')).toBeUndefined();
  });
});
