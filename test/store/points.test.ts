import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR } from '../../src/domain/time.ts';
import { onEachEngine } from '../support/engines.ts';

let next = 1;

onEachEngine((store) => {
  test('samples and rollups come back as they went in, of equal stamps the last', async () => {
    const { engine } = store();
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    const sample = fc.tuple(
      fc.integer({ min: 0, max: 4_102_444_800_000 }),
      value.map((number) => number + 0),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 150 }), async (samples) => {
        const series = next++;
        await engine.write((writer) =>
          writer.upsertPoints([
            { series, times: samples.map(([at]) => at), values: samples.map(([, number]) => number) },
          ]),
        );
        const expected = [...new Map(samples)].sort(([a], [b]) => a - b);
        const { times, values } = await engine.readPoints(series, 0, Number.MAX_SAFE_INTEGER);
        expect([...times]).toEqual(expected.map(([at]) => at));
        expect([...values].map((number) => number + 0)).toEqual(expected.map(([, number]) => number));
      }),
      { numRuns: 25 },
    );
  });

  test('only series of which something changed are told, however samples are bundled', async () => {
    const { engine } = store();
    const first = next;
    next += 50;
    const batch = (changed: ReadonlySet<number>) =>
      Array.from({ length: 50 }, (_, index) => {
        const series = first + index;
        const times = Array.from({ length: index % 3 === 0 ? 40 : 2 }, (__, row) => row);
        return { series, times, values: times.map((row) => (changed.has(series) && row === 1 ? -1 : row)) };
      });
    const upsert = (changed: ReadonlySet<number>) => engine.write((writer) => writer.upsertPoints(batch(changed)));
    expect((await upsert(new Set())).size).toBe(50);
    expect((await upsert(new Set())).size).toBe(0);
    const some = new Set([first, first + 1, first + 31]);
    expect([...(await upsert(some))].sort((a, b) => a - b)).toEqual([...some]);
  });

  test('a transaction that throws leaves nothing', async () => {
    const { engine } = store();
    const series = next++;
    const failing = engine.write(async (writer) => {
      await writer.upsertPoints([{ series, times: [1], values: [1] }]);
      await writer.markDirty([{ series, at: 0, reason: null }]);
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect((await engine.readPoints(series, 0, HOUR)).times.length).toBe(0);
    expect(await engine.reader.selectFrom('dirty').selectAll().where('series', '=', series).execute()).toEqual([]);
  });

  test('a commit of another process shows in the revision and wakes listeners', async () => {
    const { engine, reopen } = store();
    const other = await reopen();
    const before = engine.revision();
    const woken = new Promise<void>((resolve) => engine.onCommit(resolve));
    await other.write((writer) => writer.upsertPoints([{ series: next++, times: [1], values: [1] }]));
    await woken;
    expect(engine.revision()).not.toBe(before);
  });

  test('opening a store that is up to date changes nothing, also from two processes at once', async () => {
    const { reopen } = store();
    const [one, two] = await Promise.all([reopen(), reopen()]);
    expect(one.name).toBe(two.name);
  });
});
