import type { MissingRange, MissingReason } from '../api/bodies.ts';
import { overlapOf, type Span } from '../time/spans.ts';
import type { Bucket, Run } from './buckets.ts';

export const REASONS: readonly MissingReason[] = ['failed', 'never-asked', 'empty', 'not-closed'];

/** How gaps are spoken of: a source that is asked has other reasons than one that sends by itself. */
export interface GapWording {
  readonly label: Readonly<Record<MissingReason, string>>;
  readonly meaning: Readonly<Record<MissingReason, string>>;
  /** Whether the server's details say more than the meaning. */
  readonly hasDetails: boolean;
}

export const ASKED: GapWording = {
  label: {
    'never-asked': 'never asked',
    empty: 'asked, empty',
    failed: 'failed',
    'not-closed': 'not closed',
  },
  meaning: {
    'never-asked': 'nobody asked the source for this time',
    empty: 'the source was asked and had nothing',
    failed: 'reading the source failed',
    'not-closed': 'not over or not read yet; more may come',
  },
  hasDetails: true,
};

export const PUSHED: GapWording = {
  label: {
    'never-asked': 'not received',
    empty: 'closed, empty',
    failed: 'failed',
    'not-closed': 'may still come',
  },
  meaning: {
    'never-asked': 'nothing of this time has arrived',
    empty: 'nothing of this time arrived before it was closed',
    failed: 'what arrived could not be read',
    'not-closed': 'nothing of this time has arrived yet; its hour is not closed',
  },
  hasDetails: false,
};

/** By the kind of source. */
export const wordingOf = (kind: string | undefined): GapWording => (kind === 'push' ? PUSHED : ASKED);

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
