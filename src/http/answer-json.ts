import { type Aggregate, defaultAggregate } from '../domain/series.ts';
import { localDate } from '../domain/zone.ts';
import type { Answer } from '../history/history.ts';
import { seriesBody } from './bodies.ts';

type AnswerBucket = Answer['buckets'][number];

/**
 * The bodies of data answers, written by hand: for 366 points it takes a third of the time of building the objects and
 * stringifying them.
 */
export function rangeJson(answer: Answer, asked: Aggregate | undefined): string {
  const aggregate = asked ?? defaultAggregate(answer.series.kind);
  const { overall } = answer;
  let points = '';
  for (const bucket of answer.buckets) {
    points += `${points === '' ? '' : ','}{"t":${bucket.from},"value":${number(aggregateOf(bucket, aggregate))},"avg":${number(bucket.sum / bucket.count)},"min":${bucket.min},"max":${bucket.max},"sum":${number(bucket.sum)},"count":${bucket.count}${bucket.partial ? ',"partial":true' : ''}}`;
  }
  const whole = overall
    ? `{"avg":${number(overall.sum / overall.count)},"min":${overall.min},"max":${overall.max},"sum":${number(overall.sum)},"count":${overall.count}}`
    : 'null';
  return `{"series":${JSON.stringify(seriesBody(answer.series, answer.source))},${timesJson(answer)},"aggregate":"${aggregate}","totalSamples":${overall?.count ?? 0},"overall":${whole},"points":[${points}],"envelope":${JSON.stringify(answer.envelope)}}`;
}

/** `daily` is the same range in local days. */
export function trendJson(answer: Answer, daily: Answer, stream: string | undefined): string {
  const { overall } = answer;
  const days = daily.buckets.map((bucket) => `{"date":"${localDate(daily.zone, bucket.from)}",${bandJson(bucket)}}`);
  const points = answer.buckets.map((bucket) => `{"t":${bucket.from},${bandJson(bucket)}}`);
  const average = overall ? number(overall.sum / overall.count) : 'null';
  return `{${timesJson(answer)},"stream":${JSON.stringify(stream ?? null)},"totalSamples":${overall?.count ?? 0},"averages":{"overall":${average},"daily":[${days.join(',')}]},"points":[${points.join(',')}],"envelope":${JSON.stringify(answer.envelope)}}`;
}

const timesJson = ({ from, to, step, zone }: Answer): string =>
  `"start":${from},"end":${to},"step":${step},"zone":${JSON.stringify(zone.name)}`;

const bandJson = (bucket: AnswerBucket): string =>
  `"avg":${number(bucket.sum / bucket.count)},"min":${bucket.min},"max":${bucket.max},"count":${bucket.count}${bucket.partial ? ',"partial":true' : ''}`;

function aggregateOf(bucket: AnswerBucket, aggregate: Aggregate): number {
  return aggregate === 'avg' ? bucket.sum / bucket.count : bucket[aggregate];
}

/** A sum of finite samples may overflow; JSON knows no infinity. */
function number(value: number): number {
  if (Number.isFinite(value)) return value;
  return value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
}
