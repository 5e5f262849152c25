import { firstEndingAfter } from './intervals.ts';
import type { Instant, Interval } from './time.ts';

/**
 * What is known of an interval that was asked for. An interval without an entry was never asked; the three states and
 * that absence are the four things that are never mixed up: missing is not zero.
 */
export const LEDGER_STATES = ['have', 'empty', 'failed'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

export interface LedgerEntry extends Interval {
  readonly state: LedgerState;
  /** How often it was asked. */
  readonly attempts: number;
  /** What was asked and why it failed or was empty, e.g. an object's key and reason. */
  readonly detail: string | null;
}

/**
 * Writes `entry` over sorted, disjoint `entries` and returns the new list. Data once had is never un-had by a later failure or
 * an empty answer; among `empty` and `failed` the later word counts. Touching entries that say the same are joined.
 */
export function recordInLedger(entries: readonly LedgerEntry[], entry: LedgerEntry): LedgerEntry[] {
  if (entry.to <= entry.from) return [...entries];
  const before: LedgerEntry[] = [];
  const inside: LedgerEntry[] = [];
  const after: LedgerEntry[] = [];
  let cursor = entry.from;
  for (const old of entries) {
    if (old.to <= entry.from) before.push(old);
    else if (old.from >= entry.to) after.push(old);
    else {
      if (old.from < entry.from) before.push({ ...old, to: entry.from });
      if (old.to > entry.to) after.unshift({ ...old, from: entry.to });
      if (old.state === 'have' && entry.state !== 'have') {
        const kept = { ...old, from: Math.max(old.from, entry.from), to: Math.min(old.to, entry.to) };
        if (kept.from > cursor) inside.push({ ...entry, from: cursor, to: kept.from });
        inside.push(kept);
        cursor = kept.to;
      }
    }
  }
  if (cursor < entry.to) inside.push({ ...entry, from: cursor });
  return joinEqual([...before, ...inside, ...after]);
}

function joinEqual(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const joined: LedgerEntry[] = [];
  for (const entry of entries) {
    const last = joined.at(-1);
    if (
      last &&
      last.to === entry.from &&
      last.state === entry.state &&
      last.detail === entry.detail &&
      last.attempts === entry.attempts
    ) {
      joined[joined.length - 1] = { ...last, to: entry.to };
    } else joined.push(entry);
  }
  return joined;
}

/** Milliseconds of a range by what is known of them; the five parts add up to its length. */
export interface CoverageTotals {
  readonly have: number;
  readonly empty: number;
  readonly failed: number;
  readonly neverAsked: number;
  readonly notClosed: number;
}

/** Sorted ledger entries with running totals: totals of any range cost two binary searches, however long the history. */
export class LedgerIndex {
  readonly entries: readonly LedgerEntry[];
  /** End of the last interval known to be complete (had, or confirmed empty); null before anything landed. */
  readonly watermark: Instant | null;
  /** End of the last interval ever asked. */
  readonly askedTo: Instant | null;
  /** From here on a hole may still be filled: it is not closed yet rather than never asked. Infinite before anything was asked. */
  readonly openFrom: Instant;
  /** Start of the first interval with data. */
  readonly firstData: Instant | null;
  /** End of the last interval with data. */
  readonly lastData: Instant | null;
  readonly #sums: Readonly<Record<LedgerState, Float64Array>>;

  /** `closedTo` is the end of the last closed range, if there is one. */
  constructor(entries: readonly LedgerEntry[], closedTo: Instant | null = null) {
    this.entries = entries;
    const sums = {
      have: new Float64Array(entries.length + 1),
      empty: new Float64Array(entries.length + 1),
      failed: new Float64Array(entries.length + 1),
    };
    let watermark: Instant | null = null;
    let firstData: Instant | null = null;
    let lastData: Instant | null = null;
    for (const [index, entry] of entries.entries()) {
      for (const state of LEDGER_STATES) sums[state][index + 1] = sums[state][index] as number;
      sums[entry.state][index + 1] = (sums[entry.state][index] as number) + entry.to - entry.from;
      if (entry.state !== 'failed') watermark = entry.to;
      if (entry.state === 'have') {
        firstData ??= entry.from;
        lastData = entry.to;
      }
    }
    this.watermark = watermark;
    this.firstData = firstData;
    this.lastData = lastData;
    this.askedTo = entries.at(-1)?.to ?? null;
    const asked = this.askedTo ?? Number.POSITIVE_INFINITY;
    this.openFrom = Math.min(closedTo ?? asked, asked);
    this.#sums = sums;
  }

  totals({ from, to }: Interval): CoverageTotals {
    const open = Math.min(Math.max(from, this.openFrom), to);
    const have = this.#length('have', from, to);
    const empty = this.#length('empty', from, to);
    const failed = this.#length('failed', from, to);
    return { have, empty, failed, neverAsked: this.#unknown(from, open), notClosed: this.#unknown(open, to) };
  }

  /** The entries that overlap a range, not clipped. */
  overlapping({ from, to }: Interval): readonly LedgerEntry[] {
    const start = firstEndingAfter(this.entries, from);
    let end = start;
    while (end < this.entries.length && (this.entries[end] as LedgerEntry).from < to) end++;
    return this.entries.slice(start, end);
  }

  #unknown(from: Instant, to: Instant): number {
    return LEDGER_STATES.reduce((rest, state) => rest - this.#length(state, from, to), to - from);
  }

  #length(state: LedgerState, from: Instant, to: Instant): number {
    return this.#lengthBefore(state, to) - this.#lengthBefore(state, from);
  }

  #lengthBefore(state: LedgerState, instant: Instant): number {
    const index = firstEndingAfter(this.entries, instant);
    const sum = this.#sums[state][index] as number;
    const entry = this.entries[index];
    return entry && entry.state === state && entry.from < instant ? sum + instant - entry.from : sum;
  }
}
