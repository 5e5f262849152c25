import type { CoverageTotals } from './ledger.ts';
import type { MissingRange } from './missing.ts';
import type { Instant, Interval } from './time.ts';

/** What an answer knows of itself. Every data answer carries one; times are epoch milliseconds. */
export interface Envelope {
  /** When the answer was computed. */
  readonly asOf: Instant;
  /** Event time up to which the series is complete; null while nothing has landed. */
  readonly watermark: Instant | null;
  readonly coverage: Coverage;
  /** Ranges without data, each with its reason. The longest are listed; `coverage` counts them all. */
  readonly missing: readonly MissingRange[];
  /** How many shorter missing ranges were left out of `missing`. */
  readonly missingOmitted: number;
  /** Buckets that are not whole: still open, or cut by the edge of the window. */
  readonly partial: readonly PartialRange[];
  readonly segments: readonly Segment[];
  /** Grows by one with each restatement of the series. */
  readonly version: number;
  readonly refresh: Refresh;
}

/** Milliseconds of the asked range by what is known of them. */
export interface Coverage extends CoverageTotals {
  /** `have` as a part of all that could be known by now; null when that is nothing. */
  readonly ratio: number | null;
  /** Where the data of the source begins and ends, whatever was asked for. */
  readonly dataFrom: Instant | null;
  readonly dataTo: Instant | null;
}

export interface PartialRange extends Interval {
  readonly reason: 'open' | 'window-edge';
}

/** `frozen`: closed for good. `live`: still open, may change without notice. */
export interface Segment extends Interval {
  readonly source: 'frozen' | 'live';
}

export interface Refresh {
  /** `idle`: nothing planned. `scheduled`: the next read is planned. `running`: one is under way. `failing`: the last ones failed. */
  readonly state: 'idle' | 'scheduled' | 'running' | 'failing';
  readonly jobId: string | null;
  /** Since when it has been failing, or when the running one began. */
  readonly since: Instant | null;
  readonly lastError: string | null;
  readonly nextAttemptAt: Instant | null;
}
