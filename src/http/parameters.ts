import { z } from 'zod';
import { DEFAULT_SAMPLES, MAXIMUM_SAMPLES } from '../domain/buckets.ts';
import { AGGREGATES } from '../domain/series.ts';

/** A whole number in a query string. */
export function wholeNumber(minimum: number, maximum: number, description: string) {
  return z
    .string()
    .transform((text, context) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= minimum && value <= maximum) return value;
      context.issues.push({
        code: 'custom',
        message: `must be a whole number from ${minimum} to ${maximum}; got ${JSON.stringify(text.slice(0, 40))}`,
        input: text,
      });
      return z.NEVER;
    })
    .meta({ type: 'integer', minimum, maximum, description });
}

export const text = (longest: number, description: string) => z.string().max(longest).describe(description);

export const samplesParameter = (hint = '') =>
  wholeNumber(1, MAXIMUM_SAMPLES, `At most this many points, ${DEFAULT_SAMPLES} when left out${hint}`).meta({
    example: 100,
  });
export const zoneParameter = text(
  64,
  'IANA zone in which days and hours begin, e.g. `Europe/Berlin`; UTC when left out',
);

/** The parameters of a question about a range of time. What they mean together is for `question.ts`. */
export const rangeParameters = {
  from: text(
    40,
    'Start: ISO 8601 with a zone, a date (midnight UTC) or epoch milliseconds; not together with `window`',
  ),
  to: text(40, 'End, not included; the present minute when left out'),
  tz: zoneParameter,
};

export const questionParameters = {
  window: text(40, 'A length that ends now: `90m`, `24h`, `7d`, `1y`; 24h when neither it nor `from` is given').meta({
    example: '7d',
  }),
  ...rangeParameters,
  samples: samplesParameter('; not together with `step`'),
  step: text(40, 'Length of a bucket: `1m`, `15m`, `1h`, `1d`; not together with `samples`'),
  aggregate: z.enum(AGGREGATES).describe('Which number `value` is; by the kind of the series when left out'),
};

export const seriesIdParameter = z.strictObject({ id: text(64, 'Id of a series') });
