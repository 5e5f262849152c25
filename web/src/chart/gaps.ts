import type { MissingRange, MissingReason } from '../api/bodies.ts';
import { overlapOf, type Span } from '../time/spans.ts';
import type { Bucket, Run } from './buckets.ts';

export const REASONS: readonly MissingReason[] = ['failed', 'never-asked', 'empty', 'not-closed'];

export const REASON_LABEL: Readonly<Record<MissingReason, string>> = {
  'never-asked': 'never asked',
  empty: 'asked, empty',
  failed: 'failed',
  'not-closed': 'not closed',
};

export const REASON_MEANING: Readonly<Record<MissingReason, string>> = {
  'never-asked': 'nobody asked the source for this time',
  empty: 'the source was asked and had nothing',
  failed: 'reading the source failed',
  'not-closed': 'not over or not read yet; more may come',
};

/** Missing ranges inside a span, clipped to it. */
export function missingWithin(missing: readonly MissingRange[], span: Span): MissingRange[] {
  return missing
    .filter((range) => overlapOf(range, span) > 0)
    .map((range) => ({ ...range, from: Math.max(range.from, span.from), to: Math.min(range.to, span.to) }));
}

/** The time between two runs, or before the first and after the last, that holds an instant. */
export function emptySpanAt(runs: readonly Run[], shown: Span, instant: number): Span | undefined {
  if (instant < shown.from || instant >= shown.to) return undefined;
  let { from, to } = shown;
  for (const run of runs) {
    const [first, last] = [run[0] as Bucket, run.at(-1) as Bucket];
    if (last.to <= instant) from = Math.max(from, last.to);
    else if (first.from > instant) to = Math.min(to, first.from);
    else return undefined;
  }
  return { from, to };
}

/** Which reasons occur, in the order of a legend. */
export const reasonsAmong = (missing: readonly MissingRange[]): MissingReason[] =>
  REASONS.filter((reason) => missing.some((range) => range.reason === reason));
