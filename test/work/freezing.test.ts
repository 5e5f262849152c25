import { expect, test } from 'vitest';
import { land } from '../../src/history/land.ts';
import { ensureOrg, ensureSource } from '../../src/store/catalog.ts';
import { Freezing } from '../../src/work/freezing.ts';
import { ManualClock } from '../support/clock.ts';
import { onEachEngine } from '../support/engines.ts';

const NOW = Date.parse('2026-04-02T10:17:30Z');

onEachEngine((store) => {
  test('what lands is rolled up without being asked for, and then there is silence', async () => {
    const { engine } = store();
    const clock = new ManualClock(NOW);
    const { org, source } = await engine.write(async ({ database }) => {
      const made = await ensureOrg(database, 'freezing', 'Freezing', NOW);
      return {
        org: made,
        source: await ensureSource(database, made.number, {
          name: 'pi',
          kind: 'push',
          interval: null,
          location: 'pushed',
        }),
      };
    });
    const description = { metric: 'm', labels: {}, kind: 'gauge' as const, unit: '', title: '' };
    const landOne = (at: number) =>
      land(
        engine,
        org,
        { source, series: [{ description, times: [at], values: [1] }], ledger: [], reason: 'late' },
        clock,
      );
    const count = async (table: 'dirty' | 'rollup' | 'feed'): Promise<number> =>
      Number(
        (
          await engine.reader
            .selectFrom(table)
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .executeTakeFirstOrThrow()
        ).count,
      );
    await landOne(NOW - 120_000);
    const errors: unknown[] = [];
    await using freezing = new Freezing(engine, clock, (error) => errors.push(error));
    const untilClean = () =>
      expect
        .poll(
          async () => {
            clock.advance(1_000);
            return count('dirty');
          },
          { timeout: 10_000 },
        )
        .toBe(0);
    // What was waiting at the start, and what comes afterwards.
    await untilClean();
    expect(await count('rollup')).toBe(5);
    await landOne(NOW - 60_000);
    expect(await count('dirty')).toBe(1);
    await untilClean();
    expect(await count('rollup')).toBe(6);
    const events = await count('feed');
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await count('feed')).toBe(events);
    expect(errors).toEqual([]);
    expect(freezing).toBeDefined();
  });
});
