import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, floorTo, type Instant, MINUTE } from '../src/domain/time.ts';
import { close } from '../src/history/close.ts';
import { freeze } from '../src/history/freeze.ts';
import { land } from '../src/history/land.ts';
import { systemClock } from '../src/jobs/system-clock.ts';
import { ensureOrg, ensureSource, seriesId } from '../src/store/catalog.ts';
import { openStore } from '../src/store/open.ts';

export interface MinuteHistory {
  readonly folder: string;
  readonly ids: readonly string[];
  readonly end: Instant;
  readonly points: number;
  readonly bytes: number;
}

/** Fills a fresh store in `folder` with minutes up to now, a day of all series at a time, and configures Varve to serve it alone. */
export async function makeMinuteHistory(folder: string, days: number, series: number): Promise<MinuteHistory> {
  writeFileSync(join(folder, 'varve.config.ts'), "export default { hostSource: false, logLevel: 'warn' };\n");
  await using engine = await openStore({ file: join(folder, 'data', 'varve.db') });
  const end = floorTo(systemClock.now(), MINUTE);
  const { org, source } = await engine.write(async ({ database }) => {
    const made = await ensureOrg(database, 'default', 'Default', end);
    return {
      org: made,
      source: await ensureSource(database, made.number, {
        name: 'bench',
        kind: 'push',
        interval: MINUTE,
        location: 'bench',
      }),
    };
  });
  const labels = Array.from({ length: series }, (_, index) => ({ stream: `stream-${index}` }));
  let points = 0;
  for (let from = end - days * DAY; from < end; from += DAY) {
    const times = Array.from({ length: 1_440 }, (_, minute) => from + minute * MINUTE);
    const landed = labels.map((label, index) => ({
      description: { metric: 'viewers', labels: label, kind: 'gauge' as const, unit: 'viewers', title: '' },
      times,
      values: times.map((at) =>
        Math.round(500 + 300 * Math.sin(at / 1.3e7 + index) + (((at / MINUTE) * (index + 7)) % 97)),
      ),
    }));
    points += times.length * series;
    const ledger = [{ from, to: from + DAY, state: 'have' as const, attempts: 1, detail: null }];
    await land(engine, org, { source, series: landed, ledger, reason: 'bench' }, systemClock);
    await freeze(engine, systemClock);
  }
  await close(
    engine,
    org,
    source,
    { from: floorTo(end - days * DAY, DAY), to: floorTo(end - 2 * 60 * MINUTE, 60 * MINUTE) },
    systemClock,
  );
  return {
    folder,
    ids: labels.map((label) => seriesId(org.id, 'viewers', label)),
    end,
    points,
    bytes: await engine.size(),
  };
}
