import { gzipSync } from 'node:zlib';
import type { Blobs } from '../../blobs/blobs.ts';
import { floorTo, type Instant, type Interval, MINUTE } from '../../domain/time.ts';
import type { KeyTemplate } from '../archive/key-template.ts';
import { chance, type SimulatedPlatform, snapshotText } from './platform.ts';

export interface SampleArchiveRequest extends SimulatedPlatform {
  readonly key: KeyTemplate;
  /** One object a minute of this range, except in the gaps. */
  readonly range: Interval;
  readonly gzip: boolean;
  /** Whether the late object is written at the end, or left for the caller to write when others were read. */
  readonly writeLate: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

export interface SampleArchiveReport {
  readonly objects: number;
  readonly bytes: number;
  /** Ranges without any object. */
  readonly gaps: readonly Interval[];
  /** The key of the object whose JSON breaks off; null in an archive too short for one. */
  readonly corrupt: string | null;
  /** The object that comes after all others; null in an archive too short for one. */
  readonly late: { readonly key: string; readonly body: Uint8Array } | null;
}

export const SAMPLE_KEY = 'snapshots/{yyyy}/{MM}/{dd}/{HH}{mm}.json';
export const SAMPLE_SEED = 7357;
export const SAMPLE_STREAMS = 200;

const WRITES = 32;
/** Minutes between the starts of two outages, on average, and the longest outage. */
const OUTAGE_EVERY = 2 * 24 * 60;
const LONGEST_OUTAGE = 90;
const SINGLE_MISSES = 0.001;
const SHORTEST_WITH_FLAWS = 10;

/**
 * Writes a simulated archive: the same request writes the same bytes. It has the flaws of real ones: outages, single missing
 * minutes, one object that breaks off in the middle, and one that is written last though its minute is long over.
 */
export async function writeSampleArchive(blobs: Blobs, request: SampleArchiveRequest): Promise<SampleArchiveReport> {
  const { key, seed, gzip, writeLate, signal, progress } = request;
  const range = { from: floorTo(request.range.from, MINUTE), to: floorTo(request.range.to, MINUTE) };
  const total = (range.to - range.from) / MINUTE;
  const flawed = total >= SHORTEST_WITH_FLAWS;
  const corruptAt = flawed ? nextPresent(seed, range.from + Math.floor(total * 0.4) * MINUTE) : null;
  const lateAt = flawed ? nextPresent(seed, range.from + Math.floor(total * 0.7) * MINUTE) : null;
  const objectOf = (at: Instant): { key: string; body: Uint8Array } => {
    const text = snapshotText(request, at);
    const whole = Buffer.from(at === corruptAt ? text.slice(0, text.length >> 1) : text);
    return { key: key.render(at), body: gzip ? gzipSync(whole, { level: 1 }) : whole };
  };
  let [objects, bytes, done] = [0, 0, 0];
  const write = async (object: { key: string; body: Uint8Array }): Promise<void> => {
    await blobs.write(object.key, object.body, signal ? { signal } : {});
    objects++;
    bytes += object.body.length;
  };
  let next = range.from;
  const writer = async (): Promise<void> => {
    while (next < range.to) {
      const at = next;
      next += MINUTE;
      if (at !== lateAt && !isMissing(seed, at)) await write(objectOf(at));
      progress?.(++done, total);
    }
  };
  await Promise.all(Array.from({ length: WRITES }, writer));
  const late = lateAt === null ? null : objectOf(lateAt);
  if (late && writeLate) await write(late);
  return {
    objects,
    bytes,
    gaps: gapsOf(seed, range),
    corrupt: corruptAt === null ? null : key.render(corruptAt),
    late,
  };
}

function isMissing(seed: number, at: Instant): boolean {
  const minute = Math.floor(at / MINUTE);
  const slot = Math.floor(minute / OUTAGE_EVERY);
  const start = slot * OUTAGE_EVERY + Math.floor(chance(seed, -1, slot) * (OUTAGE_EVERY - LONGEST_OUTAGE));
  const length = 5 + Math.floor(chance(seed, -2, slot) * (LONGEST_OUTAGE - 5));
  return (minute >= start && minute < start + length) || chance(seed, -3, minute) < SINGLE_MISSES;
}

function nextPresent(seed: number, at: Instant): Instant {
  let present = at;
  while (isMissing(seed, present)) present += MINUTE;
  return present;
}

function gapsOf(seed: number, range: Interval): readonly Interval[] {
  const gaps: Interval[] = [];
  for (let at = range.from; at < range.to; at += MINUTE) {
    if (!isMissing(seed, at)) continue;
    const last = gaps.at(-1);
    if (last?.to === at) gaps[gaps.length - 1] = { from: last.from, to: at + MINUTE };
    else gaps.push({ from: at, to: at + MINUTE });
  }
  return gaps;
}
