import { bucketEdges } from '../../domain/buckets.ts';
import { csv } from '../../domain/csv.ts';
import type { MissingReason } from '../../domain/missing.ts';
import type { Rollup } from '../../domain/rollup.ts';
import { type Aggregate, defaultAggregate } from '../../domain/series.ts';
import { formatDuration, type Interval, toIso } from '../../domain/time.ts';
import type { Answer } from '../../history/history.ts';
import { outputWidth } from '../output.ts';
import { seriesText } from '../series-name.ts';
import { envelopeLines, reasonText } from './envelope.ts';
import { count, numberText } from './numbers.ts';
import { oneLine } from './printable.ts';
import { OPEN_MARK, sparkline } from './sparkline.ts';
import { type Column, table } from './table.ts';
import { timeText } from './times.ts';

type Bucket = Answer['buckets'][number];

/** An answer for reading: which series, a sparkline, a row a bucket, the whole as one, the envelope in words. */
export function answerText(answer: Answer, asked: Aggregate | undefined): string {
  const { series, source, overall, envelope, from, to, step, zone, frozen } = answer;
  const aggregate = asked ?? defaultAggregate(series.kind);
  const rows = wholeRows(answer);
  const sparks = rows.map(({ bucket, open }) => ({ value: bucket ? aggregateOf(bucket, aggregate) : null, open }));
  const hasOpen = sparks.some(({ open }) => open);
  const heading = [
    `${oneLine(seriesText(series))}${series.title ? ` – ${oneLine(series.title)}` : ''}`,
    `${aggregate} in ${series.unit || 'no unit'}, from ${source}, id ${series.id}`,
    `${timeText(from, zone)} to ${timeText(to, zone)} (${zone.name}), by ${formatDuration(step)}`,
  ];
  const line = `${sparkline(sparks, outputWidth() - 1)}${hasOpen ? `   ${OPEN_MARK} still open` : ''}`;
  const lines = envelopeLines(envelope, { from, to }, frozen, zone);
  return [
    ...heading,
    '',
    ...(overall ? [line, ''] : []),
    bucketTable(answer, aggregate),
    '',
    `overall: ${overall ? overallText(overall) : 'no samples'}`,
    ...lines,
  ].join('\n');
}

/** The buckets as CSV: those with samples only, like the points of the HTTP API. */
export function answerCsv(answer: Answer, asked: Aggregate | undefined): string {
  const aggregate = asked ?? defaultAggregate(answer.series.kind);
  const rows = answer.buckets.map((bucket) => [
    toIso(bucket.from),
    toIso(bucket.to),
    aggregateOf(bucket, aggregate),
    bucket.sum / bucket.count,
    bucket.min,
    bucket.max,
    bucket.sum,
    bucket.count,
    bucket.partial,
  ]);
  return csv([
    ['from', 'to', aggregate === 'avg' ? 'value' : aggregate, 'avg', 'min', 'max', 'sum', 'count', 'partial'],
    ...rows,
  ]);
}

interface Row extends Interval {
  readonly bucket: Bucket | undefined;
  readonly open: boolean;
}

/** Every bucket of the range, also those without a sample. */
function wholeRows(answer: Answer): readonly Row[] {
  const edges = bucketEdges(answer, answer.step, answer.zone);
  const byStart = new Map(answer.buckets.map((bucket) => [bucket.from, bucket]));
  const open = answer.envelope.partial.filter(({ reason }) => reason === 'open');
  return Array.from({ length: Math.max(edges.length - 1, 0) }, (_, index) => {
    const [from, to] = [edges[index] as number, edges[index + 1] as number];
    return { from, to, bucket: byStart.get(from), open: open.some((part) => part.from < to && from < part.to) };
  });
}

function bucketTable(answer: Answer, aggregate: Aggregate): string {
  const extra = ['avg', 'min', 'max'].includes(aggregate) ? [] : [{ title: aggregate, right: true }];
  const columns: Column[] = [
    { title: 'from' },
    ...extra,
    ...['avg', 'min', 'max', 'samples'].map((title) => ({ title, right: true })),
    { title: '' },
  ];
  const rows = wholeRows(answer).map((row) => {
    const { from, bucket } = row;
    const start = timeText(from, answer.zone);
    if (!bucket) return [start, ...extra.map(() => '–'), '–', '–', '–', '0', absenceText(answer, row)];
    const own = extra.map(() => numberText(aggregateOf(bucket, aggregate)));
    const { sum, min, max } = bucket;
    const note = row.open ? 'open' : bucket.partial ? 'cut by the window' : '';
    return [
      start,
      ...own,
      numberText(sum / bucket.count),
      numberText(min),
      numberText(max),
      String(bucket.count),
      note,
    ];
  });
  return table(columns, rows);
}

/** Why a bucket has no samples: the reason of the longest part. */
function absenceText({ envelope, series }: Answer, { from, to, open }: Row): string {
  let longest = 0;
  let reason: MissingReason | undefined;
  for (const range of envelope.missing) {
    const length = Math.min(range.to, to) - Math.max(range.from, from);
    if (length <= longest) continue;
    longest = length;
    reason = range.reason;
  }
  if (reason) return reasonText(reason);
  if (open) return 'open';
  return series.interval === null ? 'no samples' : 'unknown';
}

function overallText({ sum, count: samples, min, max }: Rollup): string {
  return `avg ${numberText(sum / samples)}, min ${numberText(min)}, max ${numberText(max)}, ${count(samples, 'sample')}`;
}

const aggregateOf = (bucket: Bucket, aggregate: Aggregate): number =>
  aggregate === 'avg' ? bucket.sum / bucket.count : bucket[aggregate];
