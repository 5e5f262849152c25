import { type Aggregate, defaultAggregate } from '../domain/series.ts';
import { localDate } from '../domain/zone.ts';
import type { Answer } from '../history/history.ts';
import { seriesBody } from './bodies.ts';
import { JsonBytes } from './json-bytes.ts';

type AnswerBucket = Answer['buckets'][number];

/** Shared by all answers: each is written in one go. */
const json = new JsonBytes();

/** The body of an answer about a range. */
export function rangeJson(answer: Answer, asked: Aggregate | undefined): Buffer {
  const aggregate = asked ?? defaultAggregate(answer.series.kind);
  const { overall } = answer;
  json.ascii('{"series":');
  json.json(seriesBody(answer.series, answer.source));
  writeTimes(answer);
  json.ascii(`,"aggregate":"${aggregate}","totalSamples":${overall?.count ?? 0},"overall":`);
  if (overall) {
    json.ascii('{"avg":');
    json.number(overall.sum / overall.count);
    writeRest(overall);
  }
  json.ascii(overall ? '},"points":[' : 'null,"points":[');
  let separate = false;
  for (const bucket of answer.buckets) {
    if (separate) json.comma();
    separate = true;
    json.ascii('{"t":');
    json.number(bucket.from);
    json.ascii(',"value":');
    const before = json.place;
    const average = bucket.sum / bucket.count;
    json.number(aggregate === 'avg' ? average : bucket[aggregate]);
    const after = json.place;
    json.ascii(',"avg":');
    // Making the digits of an average is the dearest part of a point.
    if (aggregate === 'avg') json.repeat(before, after);
    else json.number(average);
    writeRest(bucket);
    json.ascii(bucket.partial ? ',"partial":true}' : '}');
  }
  return end(answer, ']');
}

/** The body of a trend; `daily` is the same range in local days. */
export function trendJson(answer: Answer, daily: Answer, stream: string | undefined): Buffer {
  const { overall } = answer;
  json.ascii('{"stream":');
  json.json(stream ?? null);
  writeTimes(answer);
  json.ascii(`,"totalSamples":${overall?.count ?? 0},"averages":{"overall":`);
  if (overall) json.number(overall.sum / overall.count);
  else json.ascii('null');
  json.ascii(',"daily":[');
  writeBands(daily.buckets, (bucket) => json.ascii(`{"date":"${localDate(daily.zone, bucket.from)}"`));
  json.ascii(']},"points":[');
  writeBands(answer.buckets, (bucket) => {
    json.ascii('{"t":');
    json.number(bucket.from);
  });
  return end(answer, ']');
}

function end(answer: Answer, text: string): Buffer {
  json.ascii(text);
  json.ascii(',"envelope":');
  json.json(answer.envelope);
  json.ascii('}');
  return json.take();
}

function writeTimes({ from, to, step, zone }: Answer): void {
  json.ascii(`,"start":${from},"end":${to},"step":${step},"zone":"${zone.name}"`);
}

function writeBands(buckets: readonly AnswerBucket[], begin: (bucket: AnswerBucket) => void): void {
  let separate = false;
  for (const bucket of buckets) {
    if (separate) json.comma();
    separate = true;
    begin(bucket);
    json.ascii(',"avg":');
    json.number(bucket.sum / bucket.count);
    writeBand(bucket);
    json.ascii(',"count":');
    json.number(bucket.count);
    json.ascii(bucket.partial ? ',"partial":true}' : '}');
  }
}

function writeRest(rollup: Pick<AnswerBucket, 'min' | 'max' | 'sum' | 'count'>): void {
  writeBand(rollup);
  json.ascii(',"sum":');
  json.number(rollup.sum);
  json.ascii(',"count":');
  json.number(rollup.count);
}

function writeBand({ min, max }: Pick<AnswerBucket, 'min' | 'max'>): void {
  json.ascii(',"min":');
  json.number(min);
  json.ascii(',"max":');
  json.number(max);
}
