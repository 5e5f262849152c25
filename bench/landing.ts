import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DAY, floorTo, HOUR, MINUTE } from '../src/domain/time.ts';
import { freeze } from '../src/history/freeze.ts';
import { land } from '../src/history/land.ts';
import { systemClock } from '../src/jobs/system-clock.ts';
import { ensureOrg, ensureSource } from '../src/store/catalog.ts';
import { openStore } from '../src/store/open.ts';
import type { Report } from './report.ts';

const SERIES = 200;
const DAYS = 7;
const HOURS_AT_ONCE = 4;

/** Landing with ledger, dirty marks and rollups of four levels, against plain upserts of the same samples into one table. */
export async function benchLanding(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-bench-'));
  try {
    const start = floorTo(systemClock.now(), DAY) - DAYS * DAY;
    const floor = plainUpserts(join(folder, 'floor.db'), start);
    const file = join(folder, 'varve.db');
    const engine = await openStore({ file });
    const { org, source } = await engine.write(async ({ database }) => {
      const made = await ensureOrg(database, 'default', 'Default', start);
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
    let points = 0;
    const begin = performance.now();
    for (let from = start; from < start + DAYS * DAY; from += HOURS_AT_ONCE * HOUR) {
      const times = Array.from({ length: HOURS_AT_ONCE * 60 }, (_, minute) => from + minute * MINUTE);
      const series = Array.from({ length: SERIES }, (_, index) => ({
        description: {
          metric: 'viewers',
          labels: { stream: `stream-${index}` },
          kind: 'gauge' as const,
          unit: 'viewers',
          title: '',
        },
        times,
        values: times.map((at) => sampleAt(at, index)),
      }));
      points += times.length * SERIES;
      const ledger = [{ from, to: from + HOURS_AT_ONCE * HOUR, state: 'have' as const, attempts: 1, detail: null }];
      await land(engine, org, { source, series, ledger, reason: 'bench' }, systemClock);
      if ((from - start) % DAY === DAY - HOURS_AT_ONCE * HOUR) await freeze(engine, systemClock);
    }
    await freeze(engine, systemClock);
    const rate = points / ((performance.now() - begin) / 1_000);
    await engine[Symbol.asyncDispose]();
    const bytes = statSync(file).size / points;
    report.table(
      `Landing with rollups, in process: ${points.toLocaleString('en')} samples of ${SERIES} series, ${HOURS_AT_ONCE} h at once`,
      [
        { what: 'plain multi-row upserts into one table (floor)', value: `${Math.round(floor / 1_000)} k samples/s` },
        {
          what: 'landing, ledger, dirty marks and four levels of rollups',
          value: `${Math.round(rate / 1_000)} k samples/s; ${(rate / floor).toFixed(2)} of the floor`,
          bound: 250_000,
          measured: rate,
          least: true,
        },
        { what: 'on disk, rollups and catalog included', value: `${bytes.toFixed(1)} bytes a sample` },
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sampleAt = (at: number, index: number): number =>
  Math.round(500 + 300 * Math.sin(at / 1.3e7 + index)) + (((at / MINUTE) * (index + 7)) % 97);

function plainUpserts(file: string, start: number): number {
  const database = new DatabaseSync(file);
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -65536');
  database.exec('create table point(series integer, at integer, value real, primary key(series, at)) without rowid');
  const statement = database.prepare(
    `insert into point values ${Array(60).fill('(?,?,?)').join(',')} on conflict(series, at) do update set value = excluded.value where value is not excluded.value`,
  );
  let points = 0;
  const begin = performance.now();
  for (let from = start; from < start + DAYS * DAY; from += HOURS_AT_ONCE * HOUR) {
    database.exec('begin immediate');
    for (let index = 0; index < SERIES; index++) {
      for (let hour = 0; hour < HOURS_AT_ONCE; hour++) {
        const parameters: number[] = [];
        for (let minute = 0; minute < 60; minute++) {
          const at = from + hour * HOUR + minute * MINUTE;
          parameters.push(index, at, sampleAt(at, index));
        }
        statement.run(...parameters);
        points += 60;
      }
    }
    database.exec('commit');
  }
  const rate = points / ((performance.now() - begin) / 1_000);
  database.close();
  return rate;
}
