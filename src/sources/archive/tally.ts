import { totalLength } from '../../domain/intervals.ts';
import type { Clock, Interval } from '../../domain/time.ts';
import { ProgressMeter } from '../../jobs/progress.ts';
import type { JobProgress } from '../../store/jobs.ts';
import { SAMPLES_PER_LANDING } from './landing.ts';
import type { ObjectBatch } from './object-reader.ts';

/** What a run through an archive did, in numbers of objects, rows of snapshots and samples. */
export interface IngestReport {
  /** Objects that the listing showed. */
  readonly listed: number;
  /** Objects fetched in this run: those now read, and those that failed. */
  readonly read: number;
  readonly failed: number;
  readonly rejectedRows: number;
  readonly samples: number;
}

/**
 * What is in flight is what a crash costs, so batches begin small and grow to no more than was read already. Large ones touch each page of
 * the store less often: 480 objects at once cost a third less a sample than 60.
 */
const FIRST_BATCH = 60;
const LARGEST_BATCH = 480;

/** Counts a run while it goes on. */
export class Tally {
  readonly #interval: number;
  readonly #meter: ProgressMeter;
  #unlisted: number;
  #done = 0;
  #report = { listed: 0, read: 0, failed: 0, rejectedRows: 0, samples: 0 };

  constructor(chunks: readonly Interval[], interval: number, clock: Clock) {
    this.#interval = interval;
    this.#unlisted = totalLength(chunks);
    this.#meter = new ProgressMeter(clock, 'objects');
  }

  get report(): IngestReport {
    return { ...this.#report };
  }

  countListing(chunk: Interval, objects: number, alreadyRead: number): void {
    this.#unlisted -= chunk.to - chunk.from;
    this.#report.listed += objects;
    this.#done += alreadyRead;
  }

  countBatch({ outcomes, samples }: ObjectBatch): void {
    this.#done += outcomes.length;
    for (const { state, rejectedRows } of outcomes) {
      this.#report[state]++;
      this.#report.rejectedRows += rejectedRows;
    }
    this.#report.samples += samples.times.length;
  }

  /** How many objects make about one landing, judged by those read so far. */
  get batchSize(): number {
    const { read, samples } = this.#report;
    const grown = Math.min(LARGEST_BATCH, Math.max(FIRST_BATCH, read));
    return Math.max(1, Math.min(grown, Math.floor((SAMPLES_PER_LANDING * Math.max(read, 1)) / Math.max(1, samples))));
  }

  /** The total is exact where the archive was listed; for the rest it is what the interval promises. */
  progress(note: string): JobProgress {
    const expected = Math.round(this.#unlisted / this.#interval);
    return this.#meter.measure(this.#done, this.#report.listed + expected, note);
  }
}
