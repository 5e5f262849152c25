import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { FolderBlobs } from '../../src/blobs/folder-blobs.ts';
import type { LedgerEntry } from '../../src/domain/ledger.ts';
import type { SeriesDescription } from '../../src/domain/series.ts';
import type { Clock } from '../../src/domain/time.ts';
import { History } from '../../src/history/history.ts';
import { land } from '../../src/history/land.ts';
import { ensureOrg, ensureSource, type Org, type Source, seriesId } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { recordFields } from '../../src/store/fields.ts';
import { Publisher, type PublisherOptions } from '../../src/windows/publisher.ts';
import type { Samples } from '../history/brute-force.ts';
import { ManualClock } from '../support/clock.ts';

export const NOW = Date.parse('2026-11-24T12:34:56.789Z');

/** A device that pushes, in an org of its own. */
export interface Rig {
  readonly engine: Engine;
  readonly org: Org;
  readonly source: Source;
  readonly clock: ManualClock;
}

let names = 0;

export async function openRig(
  engine: Engine,
  clock = new ManualClock(NOW),
  orgId = `windows-${names++}`,
): Promise<Rig> {
  const made = await engine.write(async ({ database }) => {
    const org = await ensureOrg(database, orgId, orgId, NOW);
    const description = { name: 'attic', kind: 'push', interval: null, location: 'attic' };
    return { org, source: await ensureSource(database, org.number, description) };
  });
  return { engine, clock, ...made };
}

const gauge = (metric: string): SeriesDescription => ({
  metric,
  labels: { device: 'attic' },
  kind: 'gauge',
  unit: '',
  title: '',
});

export const idOf = ({ org }: Pick<Rig, 'org'>, metric: string): string =>
  seriesId(org.id, metric, gauge(metric).labels);

/**
 * Lands samples of some metrics, in one landing that knows the time between them as had. They are fields of one channel, of which the first is
 * the primary one, or each is a channel of its own.
 */
export async function push(
  rig: Rig,
  metrics: Readonly<Record<string, Samples>>,
  channelOf: (metric: string) => string = () => 'attic',
): Promise<void> {
  const { engine, org, source, clock } = rig;
  const stamps = Object.values(metrics).flatMap((samples) => [...samples.keys()]);
  const have: LedgerEntry = {
    from: Math.min(...stamps),
    to: Math.max(...stamps) + 1,
    state: 'have',
    attempts: 1,
    detail: null,
  };
  const series = Object.entries(metrics).map(([metric, samples]) => ({
    description: gauge(metric),
    times: [...samples.keys()],
    values: [...samples.values()],
  }));
  const names = Object.keys(metrics);
  await land(
    engine,
    org,
    {
      source,
      series,
      ledger: [have],
      reason: 'late sample',
      also: ({ database }, numbers) =>
        recordFields(
          database,
          org.number,
          names.map((name, index) => ({ channel: channelOf(name), name, series: numbers[index] as number })),
        ),
    },
    clock,
  );
}

/** A folder for published files, removed by `remove`. */
export function temporaryBlobs(): { readonly blobs: FolderBlobs; readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'varve-windows-'));
  return {
    path,
    blobs: new FolderBlobs({ kind: 'folder', path }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Leaves no series of any org, so that the next publisher has nothing to do but what its test makes. */
export async function forgetSeries(engine: Engine): Promise<void> {
  await engine.write(async ({ database }) => {
    const tables = ['publication', 'field', 'point', 'rollup', 'dirty', 'restatement', 'series'] as const;
    for (const table of tables) await database.deleteFrom(table).execute();
  });
}

let owners = 0;

export function openPublisher(
  { engine, clock }: Pick<Rig, 'engine'> & { readonly clock: Clock },
  blobs: Blobs,
  options: Partial<PublisherOptions> = {},
): Publisher {
  return new Publisher({
    engine,
    clock,
    blobs,
    history: new History(engine, clock),
    owner: `publisher-${owners++}`,
    settings: { rules: [] },
    onError: (error) => expect.fail(`no error is expected: ${String(error)}`),
    ...options,
  });
}

/** Samples every `step` from `from` up to `to`; whole numbers, so that sums are exact. */
export function every(
  step: number,
  from: number,
  to: number,
  value = (at: number) => ((at / 1_000) * 7_919) % 1_009,
): Samples {
  const samples = new Map<number, number>();
  for (let at = from; at < to; at += step) samples.set(at, Math.floor(value(at)));
  return samples;
}
