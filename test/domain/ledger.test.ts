import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LEDGER_STATES,
  type LedgerEntry,
  LedgerIndex,
  type LedgerState,
  recordInLedger,
} from '../../src/domain/ledger.ts';
import { longestMissing, missingRanges } from '../../src/domain/missing.ts';

const entry = (from: number, to: number, state: LedgerState, detail: string | null = null): LedgerEntry => ({
  from,
  to,
  state,
  attempts: 1,
  detail,
});
const record = (...entries: LedgerEntry[]): LedgerEntry[] => entries.reduce<LedgerEntry[]>(recordInLedger, []);

const anyEntry = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), fc.constantFrom(...LEDGER_STATES))
  .map(([from, length, state]) => entry(from, from + length, state));

/** The same rules, one millisecond at a time. */
function millisecondByMillisecond(entries: readonly LedgerEntry[]): (LedgerState | undefined)[] {
  const cells: (LedgerState | undefined)[] = Array(80).fill(undefined);
  for (const { from, to, state } of entries) {
    for (let at = from; at < to; at++) if (cells[at] !== 'have' || state === 'have') cells[at] = state;
  }
  return cells;
}

test('any sequence of entries leaves what a record of each millisecond would', () => {
  fc.assert(
    fc.property(
      fc.array(anyEntry, { maxLength: 12 }),
      fc.integer({ min: 0, max: 80 }),
      fc.integer({ min: 0, max: 80 }),
      (entries, a, b) => {
        const ledger = record(...entries);
        const cells = millisecondByMillisecond(entries);
        for (const [index, { from, to }] of ledger.entries()) {
          expect(from).toBeLessThan(to);
          expect(from).toBeGreaterThanOrEqual(ledger[index - 1]?.to ?? 0);
        }
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const totals = new LedgerIndex(ledger).totals({ from, to });
        const asked = cells.findLastIndex((cell) => cell !== undefined) + 1;
        const inside = cells.slice(from, to);
        for (const state of LEDGER_STATES) expect(totals[state]).toBe(inside.filter((cell) => cell === state).length);
        const isNever = (at: number): boolean => asked === 0 || at < asked;
        const never = inside.filter((cell, index) => cell === undefined && isNever(from + index));
        expect(totals.neverAsked).toBe(never.length);
        expect(totals.have + totals.empty + totals.failed + totals.neverAsked + totals.notClosed).toBe(to - from);
      },
    ),
    { numRuns: 300 },
  );
});

test('the missing ranges and the data together are the whole range, each with its reason', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 10 }), (entries) => {
      const ledger = new LedgerIndex(record(...entries));
      const missing = missingRanges(ledger, { from: 0, to: 80 }, 80);
      const cells = millisecondByMillisecond(entries);
      const told = Array(80).fill('have');
      for (const { from, to, reason } of missing) told.fill(reason, from, to);
      const asked = cells.findLastIndex((cell) => cell !== undefined) + 1;
      const expected = cells.map((cell, at) => cell ?? (at < asked || asked === 0 ? 'never-asked' : 'not-closed'));
      expect(told).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

describe('bugs that others had', () => {
  test('a failed read never advances coverage', () => {
    const ledger = new LedgerIndex(record(entry(0, 10, 'have'), entry(10, 20, 'failed', 'x.json: not JSON')));
    expect(ledger.watermark).toBe(10);
    expect(ledger.totals({ from: 0, to: 20 })).toMatchObject({ have: 10, failed: 10 });
    expect(record(entry(0, 10, 'have'), entry(5, 15, 'failed'))).toEqual([
      entry(0, 10, 'have'),
      entry(10, 15, 'failed'),
    ]);
  });

  test('June was asked for, then May: May is missing until then, and the start of what is stored is not the start of the data', () => {
    const june = record(entry(60, 80, 'have'));
    expect(missingRanges(new LedgerIndex(june), { from: 40, to: 80 }, 80)).toMatchObject([
      { from: 40, to: 60, reason: 'never-asked' },
    ]);
    const both = new LedgerIndex(record(entry(60, 80, 'have'), entry(40, 60, 'have')));
    expect(missingRanges(both, { from: 40, to: 80 }, 80)).toEqual([]);
    expect(both.entries).toEqual([entry(40, 80, 'have')]);
  });

  test('two ranges apart leave the middle missing', () => {
    const ledger = new LedgerIndex(record(entry(0, 10, 'have'), entry(30, 40, 'have')));
    expect(missingRanges(ledger, { from: 0, to: 40 }, 40)).toMatchObject([{ from: 10, to: 30, reason: 'never-asked' }]);
    expect(ledger.totals({ from: 0, to: 40 })).toMatchObject({ have: 20, neverAsked: 20 });
  });

  test('an outage that is asked for again becomes confirmed empty, and data that turns up later becomes data', () => {
    const asked = record(entry(0, 10, 'failed', '503'), entry(0, 10, 'empty', 'never written'));
    expect(asked).toEqual([entry(0, 10, 'empty', 'never written')]);
    expect(recordInLedger(asked, entry(4, 6, 'have'))).toEqual([
      entry(0, 4, 'empty', 'never written'),
      entry(4, 6, 'have'),
      entry(6, 10, 'empty', 'never written'),
    ]);
  });

  test('an open tail is not closed yet rather than empty', () => {
    const ledger = new LedgerIndex(record(entry(0, 50, 'have')));
    expect(missingRanges(ledger, { from: 0, to: 80 }, 70)).toMatchObject([{ from: 50, to: 70, reason: 'not-closed' }]);
    expect(ledger.totals({ from: 0, to: 80 })).toMatchObject({ have: 50, empty: 0, notClosed: 30 });
  });

  test('a hole in an hour that is still open may be filled; the same hole in a closed hour was never asked for', () => {
    const entries = record(entry(0, 50, 'have'), entry(55, 60, 'have'));
    expect(missingRanges(new LedgerIndex(entries, 40), { from: 0, to: 60 }, 60)).toMatchObject([
      { from: 50, to: 55, reason: 'not-closed' },
    ]);
    expect(new LedgerIndex(entries, 40).totals({ from: 0, to: 60 })).toMatchObject({ neverAsked: 0, notClosed: 5 });
    expect(missingRanges(new LedgerIndex(entries, 60), { from: 0, to: 60 }, 60)).toMatchObject([
      { from: 50, to: 55, reason: 'never-asked' },
    ]);
  });

  test('filling old intervals does not make a series fresh', () => {
    const before = new LedgerIndex(record(entry(50, 60, 'have')));
    const after = new LedgerIndex(record(entry(50, 60, 'have'), entry(0, 40, 'have')));
    expect(after.watermark).toBe(before.watermark);
  });
});

test('touching ranges of one reason are told as one, with the first detail and the number of others', () => {
  const ledger = new LedgerIndex(
    record(
      entry(0, 1, 'have'),
      entry(1, 2, 'failed', 'a: cut'),
      entry(2, 3, 'failed', 'b: empty'),
      entry(3, 4, 'have'),
    ),
  );
  expect(missingRanges(ledger, { from: 0, to: 4 }, 4)).toEqual([
    { from: 1, to: 3, reason: 'failed', detail: 'a: cut (and 1 more)' },
  ]);
});

test('of many missing ranges the longest are named, in order of time', () => {
  const ranges = [3, 9, 1, 7].map((length, index) => ({
    from: index * 10,
    to: index * 10 + length,
    reason: 'empty' as const,
    detail: '',
  }));
  expect(longestMissing(ranges, 2).map(({ from }) => from)).toEqual([10, 30]);
});
