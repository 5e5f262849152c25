import { bucketEdges } from '../domain/buckets.ts';
import { coverageText } from '../domain/coverage-text.ts';
import { longestMissing, missingRanges } from '../domain/missing.ts';
import { DAY, type Instant, type Interval } from '../domain/time.ts';
import { localDate, type Zone } from '../domain/zone.ts';
import { coverageOf } from '../history/envelope.ts';
import type { SeriesKnowledge } from '../history/memory.ts';
import type { Restatement } from '../store/restatements.ts';
import { seriesBody } from './bodies.ts';
import type { SeriesCoverageBody } from './contract.ts';

/** What there is of a series in a range, as a whole and by local days. */
export function coverageBody(
  knowledge: SeriesKnowledge,
  range: Interval,
  zone: Zone,
  restatements: readonly Restatement[],
  now: Instant,
): SeriesCoverageBody {
  const { ledger, series, source } = knowledge;
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
    series: seriesBody(series, source.name),
    ...{ from: range.from, to: range.to },
    zone: zone.name,
    text: coverageText(coverage, calendarDays),
    calendarDays,
    coverage,
    missing: [...named],
    missingOmitted: missing.length - named.length,
    days,
    restatements: [...restatements],
  };
}
