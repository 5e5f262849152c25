import { bridged, CadenceLearner } from '../../domain/cadence.ts';
import { type LedgerEntry, LedgerIndex } from '../../domain/ledger.ts';
import { longestMissing, missingRanges } from '../../domain/missing.ts';
import type { SeriesKind } from '../../domain/series.ts';
import { ceilTo, floorTo, type Instant, type Interval, MINUTE } from '../../domain/time.ts';
import { FINEST, segmentEdges } from '../../domain/windows.ts';
import { coverageOf } from '../../history/envelope.ts';
import type { Aggregates, WindowAnswer, WindowPoint } from '../../windows/artifact.ts';
import { type LocalHistory, type LocalRow, type LocalSeries, QUARTER } from './local-history.ts';

/** Sums of one series in the finest segments of a window. */
interface Sums {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly minimums: Float64Array;
  readonly maximums: Float64Array;
}

/** A window of local history, cut into its finest segments. */
export interface LocalWindow extends Interval {
  readonly series: LocalSeries;
  readonly edges: Float64Array;
  readonly own: Sums;
  readonly beside: readonly { readonly name: string; readonly sums: Sums }[];
  readonly ledger: LedgerIndex;
}

/**
 * Where a window of these series is cut: at the edges that the server would take, moved to whole minutes or quarters of an hour where no finer
 * rows are kept, so that every segment is exact for the edges that it states.
 */
function edgesOf(range: Interval, kept: readonly LocalSeries[]): Float64Array {
  const rawFrom = Math.max(...kept.map((series) => series.rawFrom));
  const minutesFrom = Math.max(...kept.map((series) => series.minutesFrom));
  const unitAt = (edge: Instant): number => (edge < minutesFrom ? QUARTER : edge < rawFrom ? MINUTE : 1);
  const edges = segmentEdges(range, FINEST);
  return edges.map((edge, index) => (index === 0 ? ceilTo(edge, unitAt(edge)) : floorTo(edge, unitAt(edge))));
}

/** Reads a window once, in its finest segments. */
export function readLocalWindow(
  history: LocalHistory,
  series: LocalSeries,
  dimensions: readonly LocalSeries[],
  range: Interval,
): LocalWindow {
  const edges = edgesOf(range, [series, ...dimensions]);
  const inside = { from: edges[0] as Instant, to: range.to };
  const rows = [...history.rows(series, inside)];
  const learner = new CadenceLearner(null);
  learner.add(distancesOf(rows.filter(({ at }) => at >= series.rawFrom)));
  return {
    ...range,
    series,
    edges,
    own: sumsOf(rows, edges),
    beside: dimensions.map((other) => ({ name: other.field, sums: sumsOf(history.rows(other, inside), edges) })),
    ledger: ledgerOf(
      rows.map((row) => ({ from: row.at, to: endOf(row.at, series) })),
      learner.cadence,
    ),
  };
}

const distancesOf = (rows: readonly LocalRow[]): number[] =>
  rows.slice(1).map(({ at }, index) => at - (rows[index] as LocalRow).at);

/** A row of a minute stands for the minute; a sample for its own millisecond. */
const endOf = (at: Instant, { rawFrom, minutesFrom }: LocalSeries): Instant =>
  at + (at < minutesFrom ? QUARTER : at < rawFrom ? MINUTE : 1);

function sumsOf(rows: Iterable<LocalRow>, edges: Float64Array): Sums {
  const column = (value: number): Float64Array => new Float64Array(FINEST).fill(value);
  const sums = {
    counts: column(0),
    sums: column(0),
    minimums: column(Number.POSITIVE_INFINITY),
    maximums: column(Number.NEGATIVE_INFINITY),
  };
  let segment = 0;
  for (const { at, count, sum, min, max } of rows) {
    while (at >= (edges[segment + 1] as number)) segment++;
    addTo(sums, segment, { count, sum, min, max });
  }
  return sums;
}

function addTo(sums: Sums, index: number, { count, sum, min, max }: Omit<LocalRow, 'at'>): void {
  sums.counts[index] = (sums.counts[index] as number) + count;
  sums.sums[index] = (sums.sums[index] as number) + sum;
  sums.minimums[index] = Math.min(sums.minimums[index] as number, min);
  sums.maximums[index] = Math.max(sums.maximums[index] as number, max);
}

/** What lies between two runs was not measured; what lies before the first nobody asked for. */
function ledgerOf(rows: readonly Interval[], cadence: number | null): LedgerIndex {
  const runs = bridged(rows, [], cadence);
  const entries = runs.flatMap((run, index): LedgerEntry[] => {
    const before = runs[index - 1];
    const had: LedgerEntry = { ...run, state: 'have', attempts: 1, detail: null };
    if (!before) return [had];
    return [{ from: before.to, to: run.from, state: 'empty', attempts: 1, detail: 'nothing was measured' }, had];
  });
  return new LedgerIndex(entries);
}

/** Why the windows are built here. */
export interface Outage {
  readonly since: Instant;
  readonly reason: string;
}

/** The window as the server would answer it, in `count` segments, which divides the finest. */
export function localAnswer(window: LocalWindow, count: number, outage: Outage, now: Instant): WindowAnswer {
  const { series, from, to, ledger } = window;
  const points = pointsOf(window, count);
  const missing = missingRanges(ledger, { from, to }, now);
  const named = longestMissing(missing);
  return {
    series: {
      id: series.id,
      metric: series.metric,
      labels: { ...series.labels },
      title: '',
      kind: 'gauge' satisfies SeriesKind,
      unit: '',
      source: series.labels.device ?? '',
      interval: null,
      version: 1,
      lastAt: series.lastAt,
    },
    from,
    to,
    segments: count,
    samples: points.reduce((total, point) => total + point.count, 0),
    points,
    envelope: {
      asOf: now,
      watermark: ledger.watermark,
      coverage: coverageOf(ledger, { from, to }),
      missing: named,
      missingOmitted: missing.length - named.length,
      partial: [],
      segments:
        ledger.firstData === null || ledger.lastData === null
          ? []
          : [{ from: ledger.firstData, to: ledger.lastData, source: 'live' }],
      version: 1,
      refresh: { state: 'failing', jobId: null, since: outage.since, lastError: outage.reason, nextAttemptAt: null },
    },
  };
}

function pointsOf({ edges, own, beside, ledger }: LocalWindow, count: number): WindowPoint[] {
  const ratio = FINEST / count;
  const openFrom = ledger.askedTo ?? Number.POSITIVE_INFINITY;
  const points: WindowPoint[] = [];
  for (let index = 0; index < count; index++) {
    const start = index * ratio;
    const aggregates = aggregatesOf(own, start, start + ratio);
    if (!aggregates) continue;
    const to = edges[start + ratio] as Instant;
    const measured = beside.flatMap(({ name, sums }): [string, Aggregates][] => {
      const found = aggregatesOf(sums, start, start + ratio);
      return found ? [[name, found]] : [];
    });
    points.push({
      t: edges[start] as Instant,
      to,
      ...aggregates,
      ...(to > openFrom ? { partial: true as const } : {}),
      ...(measured.length > 0 ? { dimensions: Object.fromEntries(measured) } : {}),
    });
  }
  return points;
}

function aggregatesOf(sums: Sums, from: number, to: number): Aggregates | undefined {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to; index++) {
    count += sums.counts[index] as number;
    sum += sums.sums[index] as number;
    min = Math.min(min, sums.minimums[index] as number);
    max = Math.max(max, sums.maximums[index] as number);
  }
  return count === 0 ? undefined : { avg: sum / count, min, max, count };
}
