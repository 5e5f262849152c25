import { bucketEdges, MAXIMUM_SAMPLES } from '../domain/buckets.ts';
import { coverageText } from '../domain/coverage-text.ts';
import { longestMissing, missingRanges } from '../domain/missing.ts';
import { DAY, type Instant, type Interval } from '../domain/time.ts';
import { localDate, type Zone } from '../domain/zone.ts';
import { coverageOf } from '../history/envelope.ts';
import type { SeriesKnowledge, SourceKnowledge } from '../history/memory.ts';
import type { Restatement } from '../store/restatements.ts';
import { seriesBody } from './bodies.ts';
import type { SeriesCoverageBody } from './contract.ts';
import { type FieldProblem, invalid } from './problem.ts';
import { type RawQuestion, readRange, readZone } from './question.ts';

/** What a question about coverage means: what is not said is taken from the data. Throws a `Problem`. */
export function readCoverageQuestion(
  { from, to, tz }: Pick<RawQuestion, 'from' | 'to' | 'tz'>,
  { ledger }: Pick<SourceKnowledge, 'ledger'>,
  now: Instant,
): { range: Interval; zone: Zone } {
  const errors: FieldProblem[] = [];
  const zone = readZone(tz, errors);
  const first = ledger.entries[0]?.from ?? now;
  const last = ledger.askedTo ?? now;
  const range =
    from === undefined && to === undefined
      ? { from: first, to: last }
      : readRange({ from: from ?? first, to: to ?? Math.max(last, 1) }, now, errors);
  if ((range.to - range.from) / DAY > MAXIMUM_SAMPLES) {
    errors.push({ field: 'from', problem: `and to may be at most ${MAXIMUM_SAMPLES} days apart` });
  }
  if (errors.length > 0) throw invalid(errors);
  return { range, zone };
}

/** The part of the body that series of one source share. */
export type SourceCoverage = Omit<SeriesCoverageBody, 'series' | 'restatements'>;

/** What there is of a source in a range, as a whole and by local days. */
export function sourceCoverage(
  { ledger }: Pick<SourceKnowledge, 'ledger'>,
  range: Interval,
  zone: Zone,
  now: Instant,
): SourceCoverage {
  const edges = bucketEdges(range, DAY, zone);
  const days = Array.from({ length: Math.max(0, edges.length - 1) }, (_, index) => {
    const from = edges[index] as Instant;
    const to = edges[index + 1] as Instant;
    return { date: localDate(zone, from), from, to, ...ledger.totals({ from, to }) };
  });
  const calendarDays = days.filter(({ have }) => have > 0).length;
  const coverage = coverageOf(ledger, range);
  const missing = missingRanges(ledger, range, now);
  const named = longestMissing(missing);
  return {
    from: range.from,
    to: range.to,
    zone: zone.name,
    text: coverageText(coverage, calendarDays),
    calendarDays,
    coverage,
    missing: [...named],
    missingOmitted: missing.length - named.length,
    days,
  };
}

/** What there is of a series in a range, as a whole and by local days. */
export function coverageBody(
  knowledge: SeriesKnowledge,
  range: Interval,
  zone: Zone,
  restatements: readonly Restatement[],
  now: Instant,
): SeriesCoverageBody {
  return {
    series: seriesBody(knowledge.series, knowledge.source.name),
    ...sourceCoverage(knowledge, range, zone, now),
    restatements: [...restatements],
  };
}
