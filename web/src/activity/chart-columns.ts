import type { EventTimeseriesBody, LatencyBody } from './bodies.ts';

/** Columns of a chart: times in milliseconds, then a column for each line. */
export type ChartColumns = readonly [readonly number[], ...(readonly (number | null)[])[]];

/** Types with the most events first; they stand lowest in the stack. */
export const typesByCount = ({ totals }: Pick<EventTimeseriesBody, 'totals'>): readonly string[] =>
  Object.entries(totals)
    .sort(([leftName, left], [rightName, right]) => right - left || leftName.localeCompare(rightName))
    .map(([type]) => type);

/** Each column holds its type and all below it; the last one is the total. */
export function stackedColumns(
  { buckets }: Pick<EventTimeseriesBody, 'buckets'>,
  types: readonly string[],
): ChartColumns {
  const times = buckets.map(({ timestamp }) => Date.parse(timestamp));
  const below = times.map(() => 0);
  const columns = types.map((type) =>
    buckets.map(({ counts }, index) => {
      below[index] = (below[index] ?? 0) + (counts[type] ?? 0);
      return below[index] ?? 0;
    }),
  );
  return [times, ...columns];
}

/** p95, p50 and the average, in seconds; nothing where nobody answered. */
export const latencyColumns = ({ buckets }: Pick<LatencyBody, 'buckets'>): ChartColumns => [
  buckets.map(({ timestamp }) => Date.parse(timestamp)),
  buckets.map(({ p95_response_time_s }) => p95_response_time_s),
  buckets.map(({ p50_response_time_s }) => p50_response_time_s),
  buckets.map(({ avg_response_time_s }) => avg_response_time_s),
];

/** `45 s`, `12 min`, `3.5 h`, `2 d`. */
export function secondsText(seconds: number | null): string {
  if (seconds === null) return '–';
  const [amount, unit] =
    seconds < 100
      ? [seconds, 's']
      : seconds < 6_000
        ? [seconds / 60, 'min']
        : seconds < 172_800
          ? [seconds / 3_600, 'h']
          : [seconds / 86_400, 'd'];
  return `${amount < 10 ? Number(amount.toFixed(1)) : Math.round(amount)} ${unit}`;
}
