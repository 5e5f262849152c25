import { z } from 'zod';
import { BUCKETS, MOST_BUCKETS, type SpanQuestion } from '../activity/time-span.ts';
import { DAY, parseDuration } from '../domain/time.ts';
import { text, zoneParameter } from './parameters.ts';
import { type FieldProblem, invalid } from './problem.ts';
import { readZone } from './question.ts';

/** Names the log that is meant. */
export const logParameters = {
  guild_id: text(128, 'The log: id of a guild, or whatever names the stream of its events').meta({
    example: '896070888594759740',
  }),
  stream: text(128, 'The same under its other name; give one of the two'),
};

export const spanParameters = {
  window: text(20, '`7d` (when left out), `30d`, `90d` or any other length that ends now; `any`: the whole log').meta({
    example: '30d',
  }),
  bucket: z.enum([...(Object.keys(BUCKETS) as (keyof typeof BUCKETS)[]), 'auto']).describe('`auto` when left out'),
  tz: zoneParameter,
};

export const expandParameter = z.enum(['identity']).describe('Names and avatars beside ids');

export function readLogName({
  guild_id,
  stream,
}: {
  guild_id?: string | undefined;
  stream?: string | undefined;
}): string {
  const name = guild_id ?? stream;
  if (name === undefined) throw invalid([{ field: 'guild_id', problem: 'is missing: name the log' }]);
  if (guild_id !== undefined && stream !== undefined)
    throw invalid([{ field: 'stream', problem: 'cannot be given together with guild_id' }]);
  if (!/^[\x21-\x7e]+$/.test(name))
    throw invalid([{ field: 'guild_id', problem: 'must be printable ASCII without spaces' }]);
  return name;
}

export function readSpan(raw: {
  window?: string | undefined;
  bucket?: keyof typeof BUCKETS | 'auto' | undefined;
  tz?: string | undefined;
}): SpanQuestion {
  const problems: FieldProblem[] = [];
  const zone = readZone(raw.tz, problems);
  const window = raw.window === undefined ? 7 * DAY : raw.window === 'any' ? 'any' : parseDuration(raw.window);
  if (window === undefined || (window !== 'any' && window > 50 * 365 * DAY))
    problems.push({
      field: 'window',
      problem: `must be a length like 7d, 30d or 90d, or any; got ${JSON.stringify(raw.window)}`,
    });
  if (problems.length > 0) throw invalid(problems);
  const { bucket = 'auto' } = raw;
  return { window: window ?? 'any', step: bucket === 'auto' ? 'auto' : BUCKETS[bucket], zone };
}

export const tooManyBuckets = () =>
  invalid([
    { field: 'bucket', problem: `makes more than ${MOST_BUCKETS} buckets; ask for a larger one or a shorter window` },
  ]);
