import type { LedgerIndex } from './ledger.ts';
import type { Instant, Interval } from './time.ts';

/** Why a range has no data. Four different things, in the store, in the answers and on the chart. */
export const MISSING_REASONS = ['never-asked', 'empty', 'failed', 'not-closed'] as const;
export type MissingReason = (typeof MISSING_REASONS)[number];

export interface MissingRange extends Interval {
  readonly reason: MissingReason;
  readonly detail: string;
}

/** At most this many missing ranges go into one answer; the longest are named, the rest only counted in the totals. */
const MISSING_LIMIT = 200;

const DETAIL: Readonly<Record<MissingReason, string>> = {
  'never-asked': 'nobody asked the source for this range',
  empty: 'the source was asked and had nothing',
  failed: 'the source was asked and failed',
  'not-closed': 'not read yet; more may come',
};

/**
 * Every part of `range` without data and why, in order of time; touching ranges with one reason are joined and name
 * the first detail. What lies after `now` and was not asked yet is nobody's fault and left out.
 */
export function missingRanges(ledger: LedgerIndex, range: Interval, now: Instant): MissingRange[] {
  const to = Math.min(range.to, Math.max(now, ledger.askedTo ?? now));
  const found: MissingRange[] = [];
  const add = (from: Instant, end: Instant, reason: MissingReason, detail?: string | null): void => {
    if (end > from) found.push({ from, to: end, reason, detail: detail ?? DETAIL[reason] });
  };
  const addUnknown = (from: Instant, end: Instant): void => {
    const open = Math.min(Math.max(from, ledger.openFrom), end);
    const beforeAll = ledger.firstData !== null && open <= ledger.firstData;
    add(from, open, 'never-asked', beforeAll ? 'before the first data of the source' : null);
    add(open, end, 'not-closed');
  };
  let cursor = range.from;
  for (const entry of ledger.overlapping({ from: range.from, to })) {
    addUnknown(cursor, entry.from);
    const from = Math.max(entry.from, cursor);
    cursor = Math.min(entry.to, to);
    if (entry.state !== 'have') add(from, cursor, entry.state, entry.detail);
  }
  addUnknown(cursor, to);
  return joinTouching(found);
}

/** Joins touching ranges of one reason; a joined detail names the first and how many others there are. */
export function joinTouching(ranges: readonly MissingRange[]): MissingRange[] {
  const joined: { range: MissingRange; details: Set<string> }[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && last.range.to === range.from && last.range.reason === range.reason) {
      last.details.add(range.detail);
      last.range = { ...last.range, to: range.to };
    } else joined.push({ range, details: new Set([range.detail]) });
  }
  return joined.map(({ range, details }) =>
    details.size === 1 ? range : { ...range, detail: `${range.detail} (and ${details.size - 1} more)` },
  );
}

/** The longest `limit` ranges, again in order of time. */
export function longestMissing(ranges: readonly MissingRange[], limit = MISSING_LIMIT): readonly MissingRange[] {
  if (ranges.length <= limit) return ranges;
  return [...ranges]
    .sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)
    .slice(0, limit)
    .sort((a, b) => a.from - b.from);
}
