import { HOLE } from '../../domain/cadence.ts';
import type { LedgerIndex } from '../../domain/ledger.ts';
import { type MissingRange, missingRanges } from '../../domain/missing.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../domain/time.ts';
import type { Source } from '../../store/catalog.ts';

/** How a sender stands. `live`: its samples come at their pace; `late`: they should have come; `gone`: they have not come for long. */
export interface Standing {
  readonly state: 'live' | 'late' | 'gone';
  readonly firstSampleAt: Instant | null;
  readonly lastSampleAt: Instant | null;
  readonly samplesPerMinute: number | null;
  /** Part of the last 24 hours with data; null before the first sample. */
  readonly coverage: number | null;
  /** Of the last 24 hours, in order of time. */
  readonly gaps: readonly MissingRange[];
}

/** A sender whose pace is not known yet is taken for one that reports every five minutes. */
const USUAL_CADENCE = 5 * MINUTE;
const LEAST_LATE = 2 * MINUTE;
const LEAST_GONE = HOUR;

export function standingOf(source: Source, ledger: LedgerIndex, now: Instant): Standing {
  const { firstData, lastData } = ledger;
  if (firstData === null || lastData === null) {
    const nothing = { firstSampleAt: null, lastSampleAt: null, samplesPerMinute: null, coverage: null, gaps: [] };
    return { state: 'gone', ...nothing };
  }
  const lastSampleAt = lastData - 1;
  const cadence = source.cadence ?? USUAL_CADENCE;
  // What a wrong clock stamps is as old as the clock is wrong.
  const age = now - (lastSampleAt - (source.clockSkew ?? 0));
  const state =
    age <= Math.max(3 * cadence, LEAST_LATE) ? 'live' : age <= Math.max(30 * cadence, LEAST_GONE) ? 'late' : 'gone';
  const day = { from: Math.max(now - DAY, firstData), to: now };
  // The time since the newest sample is no gap before the next one is due.
  const gaps = missingRanges(ledger, day, now).filter(({ from, to }) => to - from > HOLE * cadence - 1);
  const missing = gaps.reduce((length, { from, to }) => length + to - from, 0);
  const hour = { from: Math.max(now - HOUR, firstData), to: now };
  const { have } = ledger.totals(hour);
  return {
    state,
    firstSampleAt: firstData,
    lastSampleAt,
    samplesPerMinute: source.cadence === null ? null : rateOf(have, hour.to - hour.from, source.cadence),
    coverage: day.to > day.from ? 1 - missing / (day.to - day.from) : 1,
    gaps,
  };
}

/** Samples a minute, from the time that the sender was there. */
function rateOf(have: number, length: number, cadence: number): number {
  if (length <= 0) return 0;
  return Math.round((Math.min(have + cadence, length) / cadence / length) * MINUTE * (have > 0 ? 100 : 0)) / 100;
}
