import type { BlobLocation } from '../../blobs/location.ts';
import type { Extractor } from './extractor.ts';

/** One archive as the configuration settles it; durations in milliseconds. */
export interface ArchiveSettings {
  readonly name: string;
  readonly location: BlobLocation;
  /** Key template, checked. */
  readonly key: string;
  /** Expected distance of objects. */
  readonly interval: number;
  /** How long after its end an hour is final. */
  readonly grace: number;
  readonly extract: 'platform-snapshot' | Extractor;
  /** How often new objects are looked for. */
  readonly tailEvery: number;
  /** How far back closed hours are looked over once a day for late objects. */
  readonly recheck: number;
  /** Objects read at once. */
  readonly concurrency: number;
}
