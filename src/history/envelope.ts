import type { Coverage, Envelope, PartialRange, Refresh, Segment } from '../domain/envelope.ts';
import { clip, gaps } from '../domain/intervals.ts';
import type { LedgerIndex } from '../domain/ledger.ts';
import { joinTouching, longestMissing, type MissingRange, missingRanges } from '../domain/missing.ts';
import type { Instant, Interval } from '../domain/time.ts';
import type { SourceKnowledge } from './memory.ts';

/** What an answer over `range` knows of itself. `absent` are ranges that were read and did not hold this series. */
export function envelopeOf(
  knowledge: SourceKnowledge,
  range: Interval,
  version: number,
  partial: readonly PartialRange[],
  absent: readonly Interval[],
  now: Instant,
): Envelope {
  const missing = withAbsent(missingRanges(knowledge.ledger, range, now), absent);
  const named = longestMissing(missing);
  return {
    asOf: now,
    watermark: knowledge.ledger.watermark,
    coverage: coverageOf(knowledge.ledger, range),
    missing: named,
    missingOmitted: missing.length - named.length,
    partial,
    segments: segmentsOf(knowledge, range),
    version,
    refresh: refreshOf(knowledge),
  };
}

export function coverageOf(ledger: LedgerIndex, range: Interval): Coverage {
  const totals = ledger.totals(range);
  const known = totals.have + totals.empty + totals.failed + totals.neverAsked;
  return {
    ...totals,
    ratio: known > 0 ? totals.have / known : null,
    dataFrom: ledger.firstData,
    dataTo: ledger.lastData,
  };
}

/** How the source stands: what is running, planned or failing. */
export function refreshOf({ source, running }: SourceKnowledge): Refresh {
  const failing = source.failingSince !== null;
  const state = failing ? 'failing' : running ? 'running' : source.nextAttemptAt !== null ? 'scheduled' : 'idle';
  return {
    state,
    jobId: running?.id ?? null,
    since: failing ? source.failingSince : (running?.startedAt ?? null),
    lastError: source.lastError,
    nextAttemptAt: source.nextAttemptAt,
  };
}

/** Closed history is frozen; data after and between is live. Ranges without data belong to neither. */
function segmentsOf({ ledger, closed }: SourceKnowledge, range: Interval): Segment[] {
  const frozen = clip(closed, range).map((interval): Segment => ({ ...interval, source: 'frozen' }));
  const live: Segment[] = [];
  for (const gap of gaps(closed, range)) {
    const had = ledger.overlapping(gap).filter(({ state }) => state === 'have');
    const [first] = had;
    const last = had.at(-1);
    if (first && last)
      live.push({ from: Math.max(gap.from, first.from), to: Math.min(gap.to, last.to), source: 'live' });
  }
  return [...frozen, ...live].sort((a, b) => a.from - b.from);
}

const ABSENT = 'the source was read and this series was not in it';

function withAbsent(missing: readonly MissingRange[], absent: readonly Interval[]): readonly MissingRange[] {
  if (absent.length === 0) return missing;
  const ranges = absent.map(({ from, to }): MissingRange => ({ from, to, reason: 'empty', detail: ABSENT }));
  return joinTouching([...missing, ...ranges].sort((a, b) => a.from - b.from));
}
