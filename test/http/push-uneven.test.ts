import { expect, test } from 'vitest';
import { freeze } from '../../src/history/freeze.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { seriesId } from '../../src/store/catalog.ts';
import { bruteForceBuckets } from '../history/brute-force.ts';
import { unevenSeries } from '../sources/push/uneven-series.ts';
import { onEachEngine } from '../support/engines.ts';
import { openPushRig } from './push-rig.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

onEachEngine((store) => {
  test('series that repeat stamps, step back and leave holes land right, and answers equal the samples counted one by one', async () => {
    const rig = await openPushRig(store());
    const start = Math.floor((Date.now() - 9 * DAY) / DAY) * DAY;
    const samples = unevenSeries(start, 5 * MINUTE, 2_000);
    const expected = new Map(samples);
    expect(expected.size).toBeLessThan(samples.length);
    for (let from = 0; from < samples.length; from += 300) {
      const body = samples.slice(from, from + 300).map(([at, value]) => `machine temperature=${value} ${at}`);
      const { body: report } = await rig.push(body.join('\n'), 'text/plain', '?precision=ms&device=press');
      expect(report).toMatchObject({ accepted: body.length, rejected: [] });
    }
    const sorted = [...expected].sort(([a], [b]) => a - b);
    expect(await rig.samples('machine.temperature')).toEqual(sorted);

    const id = seriesId(rig.org.id, 'machine.temperature', { device: 'press' });
    const from = start;
    const to = start + 7 * DAY;
    for (const isFrozen of [false, true]) {
      if (isFrozen) await freeze(rig.engine, systemClock);
      for (const step of [10 * MINUTE, 60 * MINUTE, DAY]) {
        const edges = Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
        const response = await rig.app.inject(`/api/series/${id}/range?from=${from}&to=${to}&step=${step / MINUTE}m`);
        const { points } = response.json<{ points: { t: number; count: number; min: number; max: number }[] }>();
        const had = points
          .filter(({ count }) => count > 0)
          .map(({ t, count, min, max }) => ({ from: t, count, min, max }));
        expect(had).toEqual(
          bruteForceBuckets(expected, edges).map((bucket) => ({
            from: bucket.from,
            count: bucket.count,
            min: bucket.min,
            max: bucket.max,
          })),
        );
      }
    }
    // Each hole of half an hour and more is a gap, and nothing else is.
    const [source] = await rig.history.sources(rig.org.number);
    const runs = source?.ledger.entries ?? [];
    const distances = sorted.slice(1).map(([at], index) => [(sorted[index] as [number, number])[0], at] as const);
    const holes = distances.filter(([before, after]) => after - before > 1.75 * 5 * MINUTE);
    expect(runs.slice(1).map((run, index) => [(runs[index]?.to as number) - 1, run.from])).toEqual(holes);
    expect(holes).toHaveLength(4);
  });
});
