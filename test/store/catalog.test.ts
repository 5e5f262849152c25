import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import {
  ensureOrg,
  ensureSeries,
  ensureSource,
  IntervalChanged,
  SeriesOfAnotherSource,
} from '../../src/store/catalog.ts';
import { onEachEngine } from '../support/engines.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const queue = {
  metric: 'queue.length',
  labels: { queue: 'mail' },
  kind: 'gauge',
  unit: 'messages',
  title: '',
} as const;

onEachEngine((store) => {
  const archive = (name: string, interval = MINUTE) => ({ name, kind: 'archive', interval, location: './x' });

  test('a source keeps the interval of its history, and may change it before there is any', async () => {
    const { engine } = store();
    const org = await engine.write(({ database }) => ensureOrg(database, 'intervals', 'Intervals', NOW));
    const ensure = (interval: number) =>
      engine.write(({ database }) => ensureSource(database, org.number, archive('a', interval)));
    await ensure(HOUR);
    const source = await ensure(MINUTE);
    await engine.write(({ database }) => ensureSeries(database, org, source, [queue], NOW));
    await expect(ensure(HOUR)).rejects.toThrow(IntervalChanged);
    expect(await ensure(MINUTE)).toMatchObject({ number: source.number, interval: MINUTE });
  });

  test('two sources cannot land under one name', async () => {
    const { engine } = store();
    const org = await engine.write(({ database }) => ensureOrg(database, 'names', 'Names', NOW));
    const [one, two] = await engine.write(
      async ({ database }) =>
        [
          await ensureSource(database, org.number, archive('one')),
          await ensureSource(database, org.number, archive('two')),
        ] as const,
    );
    await engine.write(({ database }) => ensureSeries(database, org, one, [queue], NOW));
    const again = engine.write(({ database }) => ensureSeries(database, org, two, [queue], NOW));
    await expect(again).rejects.toThrow(SeriesOfAnotherSource);
    await expect(again).rejects.toThrow('queue.length');
  });
});
