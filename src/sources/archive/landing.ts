import { clip } from '../../domain/intervals.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { floorTo, type Instant, type Interval } from '../../domain/time.ts';
import type { LandedSeries, Landing } from '../../history/land.ts';
import { type ArchiveObjectRecord, recordArchiveObjects } from '../../store/archive-objects.ts';
import type { Source } from '../../store/catalog.ts';
import type { ObjectBatch, ObjectOutcome } from './object-reader.ts';
import type { SampleColumns } from './sample-columns.ts';

/** Samples of one transaction: some 120 ms of work, so that other writers get their turn. */
export const SAMPLES_PER_LANDING = 100_000;

export type KnownObjects = ReadonlyMap<string, ArchiveObjectRecord>;

/**
 * What a batch brings into the store: its samples in parts of a bounded size, the last one together with the ledger and the
 * record of the objects, so that an object counts as read only when all its samples are there.
 */
export function landingsOf(
  batch: ObjectBatch,
  known: KnownObjects,
  source: Source,
  interval: number,
  closed: readonly Interval[],
  now: Instant,
): readonly Landing[] {
  const { outcomes, samples } = batch;
  const records = outcomes.map((outcome) => recordOf(outcome, known.get(outcome.object.key), now));
  const reason = reasonOf(outcomes, known, closed);
  const parts = inParts(samples);
  return parts.map((series, index) => {
    const landing = { source, series, ledger: [], reason };
    if (index < parts.length - 1) return landing;
    return {
      ...landing,
      ledger: ledgerOf(records, interval),
      also: (writer) => recordArchiveObjects(writer.database, source.number, records),
    };
  });
}

function recordOf(
  { object, state, detail }: ObjectOutcome,
  before: ArchiveObjectRecord | undefined,
  now: Instant,
): ArchiveObjectRecord {
  return { ...object, state, detail, attempts: (before?.attempts ?? 0) + 1, readAt: now };
}

/** One entry a cell of the interval; neighbours that say the same share one. */
function ledgerOf(records: readonly ArchiveObjectRecord[], interval: number): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const { key, at, state, attempts, detail } of records) {
    const from = floorTo(at, interval);
    const to = from + interval;
    const last = entries.at(-1);
    if (state === 'failed') entries.push({ from, to, state, attempts, detail: `${key}: ${detail}` });
    else if (last?.state === 'have' && last.to >= from && last.from <= from) {
      entries[entries.length - 1] = { ...last, to: Math.max(last.to, to) };
    } else entries.push({ from, to, state: 'have', attempts: 1, detail: null });
  }
  return entries;
}

/** Said of closed buckets that change; names the first object that touches closed time. */
function reasonOf(outcomes: readonly ObjectOutcome[], known: KnownObjects, closed: readonly Interval[]): string {
  const inClosed = outcomes.filter(({ object: { at } }) => clip(closed, { from: at, to: at + 1 }).length > 0);
  const [first = outcomes[0]] = inClosed;
  const key = first?.object.key ?? '';
  const more = inClosed.length > 1 ? ` and ${inClosed.length - 1} more` : '';
  return known.get(key)?.state === 'failed' ? `mended object ${key}${more}` : `late object ${key}${more}`;
}

function inParts({ series, offsets, times, values }: SampleColumns): readonly (readonly LandedSeries[])[] {
  const parts: LandedSeries[][] = [[]];
  let size = 0;
  for (const [index, description] of series.entries()) {
    const end = offsets[index + 1] as number;
    for (let start = offsets[index] as number; start < end; start += SAMPLES_PER_LANDING) {
      const stop = Math.min(end, start + SAMPLES_PER_LANDING);
      if (size > 0 && size + stop - start > SAMPLES_PER_LANDING) {
        parts.push([]);
        size = 0;
      }
      size += stop - start;
      const rows = { times: times.subarray(start, stop), values: values.subarray(start, stop) };
      (parts.at(-1) as LandedSeries[]).push({ description, ...rows });
    }
  }
  return parts;
}
