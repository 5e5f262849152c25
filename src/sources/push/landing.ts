import { bridged, HOLE, runsOf } from '../../domain/cadence.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import type { Clock, Instant, Interval } from '../../domain/time.ts';
import { type Landing, landAll } from '../../history/land.ts';
import { findSources, type Org, recordAttempt, type Source, type SourceAttempt } from '../../store/catalog.ts';
import type { Database, Engine } from '../../store/engine.ts';
import { recordFields } from '../../store/fields.ts';
import { readLedger } from '../../store/knowledge.ts';
import { getAcquainted } from './acquaintance.ts';
import type { FieldSamples } from './batch.ts';
import type { Delivery } from './delivery.ts';
import type { Device } from './device.ts';

/** When a cadence becomes known, the samples before it are joined so many cadences back. */
const LOOK_BACK = 16;

export interface LandingPlace {
  readonly engine: Engine;
  readonly clock: Clock;
  /** Series that pushed samples may make in each org. */
  readonly mostSeries: number;
}

/**
 * Lands parts of any number of bodies of one org in one transaction: all of them are stored afterwards, or none. Throws `StoreUnavailable`. What the
 * store does not take is rejected line by line in the tally of its body.
 */
export async function landDeliveries(
  { engine, clock, mostSeries }: LandingPlace,
  org: Org,
  deliveries: readonly Delivery[],
): Promise<void> {
  await getAcquainted(engine, org, deliveries, mostSeries);
  await lookAgain(engine.reader, org, deliveries);
  const byDevice = new Map<Device, { samples: FieldSamples[]; deliveries: Delivery[] }>();
  for (const delivery of deliveries) {
    for (const samples of delivery.sift()) {
      const ofDevice = byDevice.get(samples.channel.device) ?? { samples: [], deliveries: [] };
      byDevice.set(samples.channel.device, ofDevice);
      ofDevice.samples.push(samples);
      if (ofDevice.deliveries.at(-1) !== delivery) ofDevice.deliveries.push(delivery);
    }
  }
  // In one order everywhere, so that two processes do not wait for each other's devices.
  const sorted = [...byDevice].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
  const landings = sorted.map(([device, { samples, deliveries: from }]) => landingOf(org, device, samples, from));
  await landAll(engine, org, landings, clock);
  for (const [, { samples }] of sorted) for (const { field } of samples) field.isStored = true;
  for (const delivery of deliveries) delivery.settle();
}

/** Retention and other processes go on beside this one: what it remembers of a device may be of days ago. */
async function lookAgain(database: Database, org: Org, deliveries: readonly Delivery[]): Promise<void> {
  const devices = new Map<number, Device>();
  for (const { part } of deliveries) {
    for (const { channel } of part.fields) {
      const { device } = channel;
      if (device.source) devices.set(device.source.number, device);
    }
  }
  for (const source of await findSources(database, org.number, [...devices.keys()]))
    devices.get(source.number)?.know(source);
}

function landingOf(org: Org, device: Device, given: readonly FieldSamples[], from: readonly Delivery[]): Landing {
  const source = device.source as Source;
  const samples = merged(given);
  const before = device.cadence;
  const stamps = stampsOf(samples, device);
  const { cadence } = device;
  const runs = runsOf(stamps, cadence);
  const reach = cadence === null ? 1 : HOLE * cadence * (before === null ? LOOK_BACK : 1);
  const isNew = samples.map(({ field }) => !field.isStored);
  return {
    source,
    series: samples.map(({ field, times, values }) => ({ description: field.description, times, values })),
    ledger: (database) => presence(database, source.number, runs, cadence, reach),
    reason: `late samples of ${device.name}`,
    also: async ({ database }, numbers) => {
      // First, because it holds the source until the commit.
      await recordAttempt(database, org.number, source.number, attemptOf(device, from, stamps.at(-1)));
      const fields = samples.flatMap(({ channel, field }, index) =>
        isNew[index] ? [{ channel: channel.key, name: field.name, series: numbers[index] as number }] : [],
      );
      await recordFields(database, org.number, fields);
    },
  };
}

/** One column a series, also where several bodies, or two channels, hold samples of it; the later ones come last. */
function merged(given: readonly FieldSamples[]): readonly FieldSamples[] {
  const bySeries = Map.groupBy(given, ({ field }) => field.id);
  return [...bySeries.values()].map((parts) => {
    const [first] = parts as [FieldSamples];
    if (parts.length === 1) return first;
    const { channel, field } = first;
    return {
      channel,
      field,
      times: parts.flatMap(({ times }) => times),
      values: parts.flatMap(({ values }) => values),
      lines: [],
    };
  });
}

/** All stamps of the device, sorted; the device learns its cadence from those of each channel. */
function stampsOf(samples: readonly FieldSamples[], device: Device): Float64Array {
  const columns: Float64Array[] = [];
  for (const [channel, fields] of Map.groupBy(samples, (field) => field.channel)) {
    let longest: readonly Instant[] = [];
    for (const { times } of fields) {
      // The fields of a channel are mostly measured together.
      if (times.length === longest.length && times[0] === longest[0] && times.at(-1) === longest.at(-1)) continue;
      columns.push(Float64Array.from(times));
      if (times.length > longest.length) longest = times;
    }
    device.learn(channel.key, Float64Array.from(longest).sort());
  }
  const all = new Float64Array(columns.reduce((length, column) => length + column.length, 0));
  let start = 0;
  for (const column of columns) {
    all.set(column, start);
    start += column.length;
  }
  return all.sort();
}

/** The runs as ledger entries, joined with what the ledger has around them. */
async function presence(
  database: Database,
  source: number,
  runs: readonly Interval[],
  cadence: number | null,
  reach: number,
): Promise<readonly LedgerEntry[]> {
  const [first] = runs;
  const last = runs.at(-1);
  if (!first || !last) return [];
  const around = await readLedger(database, source, {
    from: Math.floor(first.from - reach),
    to: Math.ceil(last.to + reach),
  });
  const neighbours = around.filter(({ state }) => state === 'have');
  return bridged(runs, neighbours, cadence).map(({ from, to }) => ({
    from,
    to,
    state: 'have',
    attempts: 1,
    detail: null,
  }));
}

function attemptOf(device: Device, from: readonly Delivery[], newest: Instant | undefined): SourceAttempt {
  const last = from.at(-1) as Delivery;
  const rejection = last.tally.firstRejection;
  const clockSkew = skewOf(device, last, newest);
  return {
    lastAttemptAt: last.arrivedAt,
    lastSuccessAt: last.arrivedAt,
    lastError: rejection ? `line ${rejection.line}: ${rejection.reason}` : null,
    cadence: device.cadence,
    ...(clockSkew === undefined ? {} : { clockSkew }),
  };
}

/**
 * How far the sender's clock runs ahead. It is known where the sender told its time; otherwise only a sample from the future tells, since one
 * from the past may have been waiting. Undefined: nothing new.
 */
function skewOf(device: Device, { sentAt, arrivedAt }: Delivery, newest: Instant | undefined): number | undefined {
  if (sentAt !== undefined) return sentAt - arrivedAt;
  if (newest === undefined) return undefined;
  if (newest > arrivedAt) return newest - arrivedAt;
  const isFresh = device.cadence !== null && arrivedAt - newest < device.cadence;
  return isFresh && (device.source?.clockSkew ?? 0) > 0 ? 0 : undefined;
}
