import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { findZone, utc, type Zone } from '../../src/domain/zone.ts';
import { close } from '../../src/history/close.ts';
import { freeze } from '../../src/history/freeze.ts';
import { type Answer, History } from '../../src/history/history.ts';
import { type LandedSeries, land } from '../../src/history/land.ts';
import { ensureOrg, ensureSource, type Org, type Source, seriesId } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { ManualClock } from '../support/clock.ts';
import { onEachEngine } from '../support/engines.ts';
import { bruteForce, bruteForceBuckets, calendarEdges, type Expected, type Samples } from './brute-force.ts';

const NOW = Date.parse('2026-04-02T10:17:30Z');
const START = Date.parse('2026-03-20T00:00:00Z');
const viewers = { metric: 'viewers', labels: {}, kind: 'gauge', unit: 'viewers', title: '' } as const;

let names = 0;
async function makeSource(
  engine: Engine,
  interval: number | null = MINUTE,
): Promise<{ org: Org; source: Source; id: string }> {
  const name = `source-${names++}`;
  return engine.write(async ({ database }) => {
    const org = await ensureOrg(database, name, name, NOW);
    const source = await ensureSource(database, org.number, { name, kind: 'archive', interval, location: './x' });
    return { org, source, id: seriesId(org.id, 'viewers', {}) };
  });
}

const landing = (source: Source, samples: Samples, description: LandedSeries['description'] = viewers) => ({
  source,
  reason: 'late sample',
  series: [{ description, times: [...samples.keys()], values: [...samples.values()] }],
  ledger: [...samples.keys()].map((at) => ({
    from: Math.floor(at / MINUTE) * MINUTE,
    to: Math.floor(at / MINUTE) * MINUTE + MINUTE,
    state: 'have' as const,
    attempts: 1,
    detail: null,
  })),
});

const shape = ({ buckets }: Answer): Expected[] =>
  buckets.map(({ from, to, count, sum, min, max, first, last }) => ({ from, to, count, sum, min, max, first, last }));

/** 13 days of minutes with holes, in a deterministic order of values. */
function minutes(): Map<number, number> {
  const samples = new Map<number, number>();
  for (let at = START, index = 0; at < NOW; at += MINUTE, index++) {
    if (index % 97 < 3 || (index > 4000 && index < 4400)) continue;
    samples.set(at, (index * 7919) % 1000);
  }
  return samples;
}

onEachEngine((store) => {
  test('any window, zone, step and offset equals the samples counted one by one', async () => {
    const { engine } = store();
    const { org, source, id } = await makeSource(engine);
    const clock = new ManualClock(NOW);
    const samples = minutes();
    const closedTo = Date.parse('2026-04-02T08:00:00Z');
    await land(engine, org, landing(source, new Map([...samples].filter(([at]) => at < closedTo))), clock);
    await freeze(engine, clock);
    await close(engine, org, source, { from: START, to: closedTo }, clock);
    // The tail is landed but not rolled up yet: the seam lies between frozen rollups and raw samples.
    await land(engine, org, landing(source, new Map([...samples].filter(([at]) => at >= closedTo))), clock);
    const history = new History(engine, clock);

    const zones = [
      'UTC',
      'America/New_York',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Asia/Kathmandu',
    ];
    const check = async (from: number, length: number, step: number, zoneName: string): Promise<void> => {
      const zone = findZone(zoneName) as Zone;
      const range = { from, to: Math.min(from + length, NOW + HOUR) };
      const knowledge = await history.find(org.number, id);
      if (!knowledge) throw new Error('the series was landed');
      const answer = await history.answer(knowledge, { ...range, step, zone });
      const edges = calendarEdges(range.from, range.to, step, zoneName);
      const expected = bruteForceBuckets(samples, edges);
      expect(shape(answer)).toEqual(expected);
      const whole = bruteForce(samples, range.from, range.to);
      expect(answer.overall?.sum).toBe(whole?.sum);
      expect(answer.overall?.count).toBe(whole?.count);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 13 * 24 * 60 + 600 }),
        fc.integer({ min: 1, max: 5 * 24 * 60 }),
        fc.constantFrom(MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY),
        fc.constantFrom(...zones),
        (offset, length, step, zone) => check(START + offset * MINUTE, length * MINUTE, step, zone),
      ),
      { numRuns: 60 },
    );
    for (let offset = -20; offset <= 20; offset++)
      await check(closedTo + offset * MINUTE - 3 * HOUR, 6 * HOUR, 15 * MINUTE, 'UTC');
  });

  test('answers stay right while others land and memory is too small to hold them', async () => {
    const { engine } = store();
    const { org, source, id } = await makeSource(engine);
    const clock = new ManualClock(NOW);
    const samples = minutes();
    const landed = new Map([...samples].filter(([at]) => at < START + 8 * DAY));
    await land(engine, org, landing(source, landed), clock);
    await freeze(engine, clock);
    const history = new History(engine, clock, 30_000);
    const later = [...samples].filter(([at]) => at >= START + 8 * DAY);
    const write = async (): Promise<void> => {
      for (let index = 0; index < later.length; index += 400) {
        await land(engine, org, landing(source, new Map(later.slice(index, index + 400))), clock);
        await freeze(engine, clock);
      }
    };
    const read = async (seed: number): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        const from = START + ((seed * 7919 + round * 104_729) % (6 * 24 * 60)) * MINUTE;
        const range = { from, to: from + DAY + (((seed + round) * 37) % 300) * MINUTE };
        const step = [MINUTE, 15 * MINUTE, HOUR][round % 3] as number;
        const knowledge = (await history.find(org.number, id)) ?? expect.fail('series');
        const answer = await history.answer(knowledge, { ...range, step, zone: utc });
        expect(shape(answer)).toEqual(bruteForceBuckets(landed, calendarEdges(range.from, range.to, step, 'UTC')));
      }
    };
    await Promise.all([write(), read(1), read(2), read(3)]);
  });

  test('the same landing twice changes nothing and tells nobody', async () => {
    const { engine } = store();
    const { org, source } = await makeSource(engine);
    const clock = new ManualClock(NOW);
    const once = await land(engine, org, landing(source, minutes()), clock);
    await freeze(engine, clock);
    const events = () => engine.reader.selectFrom('feed').selectAll().where('org', '=', org.number).execute();
    const before = await events();
    const again = await land(engine, org, landing(source, minutes()), clock);
    expect(once.changed).toBe(1);
    expect(again.changed).toBe(0);
    expect((await freeze(engine, clock)).buckets).toBe(0);
    expect(await events()).toEqual(before);
  });

  test('a late sample of a closed hour restates one chain of buckets, with reason and version', async () => {
    const { engine } = store();
    const { org, source, id } = await makeSource(engine);
    const clock = new ManualClock(NOW);
    const samples = minutes();
    await land(engine, org, landing(source, samples), clock);
    await freeze(engine, clock);
    await close(engine, org, source, { from: START, to: START + 10 * DAY }, clock);
    const history = new History(engine, clock);
    const day = { from: START + DAY, to: START + 2 * DAY, step: DAY, zone: utc };
    const ask = async () => history.answer((await history.find(org.number, id)) ?? expect.fail('series'), day);
    const before = await ask();
    expect(before.frozen).toBe(true);

    const rollups = () =>
      engine.reader
        .selectFrom('rollup')
        .innerJoin('series', 'series.number', 'rollup.series')
        .selectAll('rollup')
        .where('series.org', '=', org.number)
        .orderBy('level')
        .orderBy('at')
        .execute();
    const untouched = await rollups();
    const hole = [...Array(1440).keys()]
      .map((index) => START + DAY + index * MINUTE)
      .find((at) => !samples.has(at)) as number;
    await land(engine, org, { ...landing(source, new Map([[hole, 5_000]])), reason: 'late object x' }, clock);
    const frozen = await freeze(engine, clock);
    expect(frozen).toEqual({ buckets: 1, restated: 1 });

    const after = await ask();
    expect(after.overall?.count).toBe((before.overall?.count ?? 0) + 1);
    expect(after.overall?.max).toBe(5_000);
    expect(after.envelope.version).toBe(before.envelope.version + 1);
    const changed = (await rollups()).filter((row, index) => JSON.stringify(row) !== JSON.stringify(untouched[index]));
    expect(changed.map(({ level }) => Number(level)).sort((a, b) => a - b)).toEqual([15 * MINUTE, HOUR, 6 * HOUR, DAY]);
    const restatements = await engine.reader
      .selectFrom('restatement')
      .selectAll()
      .innerJoin('series', 'series.number', 'restatement.series')
      .where('series.org', '=', org.number)
      .execute();
    expect(restatements).toMatchObject([
      { reason: 'late object x', from_at: Math.floor(hole / (15 * MINUTE)) * 15 * MINUTE },
    ]);
  });
});
