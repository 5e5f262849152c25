import { z } from 'zod';
import { MAXIMUM_SAMPLES } from '../domain/buckets.ts';
import { MISSING_REASONS } from '../domain/missing.ts';
import { AGGREGATES, SERIES_KINDS } from '../domain/series.ts';

/** The bodies of the HTTP API: one schema for the routes, the OpenAPI document and the page. Times are epoch milliseconds UTC. */
export const instant = z.int().describe('Epoch milliseconds, UTC');

const missingRangeSchema = z.object({
  from: instant,
  to: instant,
  reason: z.enum(MISSING_REASONS),
  detail: z.string(),
});

const coverageSchema = z.object({
  have: z.number().describe('Milliseconds with data'),
  empty: z.number().describe('Milliseconds that were asked for and hold nothing'),
  failed: z.number().describe('Milliseconds whose reading failed'),
  neverAsked: z.number().describe('Milliseconds that nobody asked the source for'),
  notClosed: z.number().describe('Milliseconds that are not over or not read yet'),
  ratio: z.number().nullable().describe('have / (have + empty + failed + neverAsked); null when that is nothing'),
  dataFrom: instant.nullable().describe('Where the data of the source begins, whatever was asked for'),
  dataTo: instant.nullable(),
});

const refreshSchema = z.object({
  state: z.enum(['idle', 'scheduled', 'running', 'failing']),
  jobId: z.string().nullable(),
  since: instant.nullable(),
  lastError: z.string().nullable(),
  nextAttemptAt: instant.nullable(),
});

export const envelopeSchema = z
  .object({
    asOf: instant.describe('When the answer was computed'),
    watermark: instant.nullable().describe('Event time up to which the series is complete'),
    coverage: coverageSchema,
    missing: z.array(missingRangeSchema).describe('Ranges without data, the longest 200, in order of time'),
    missingOmitted: z.int(),
    partial: z.array(z.object({ from: instant, to: instant, reason: z.enum(['open', 'window-edge']) })),
    segments: z.array(z.object({ from: instant, to: instant, source: z.enum(['frozen', 'live']) })),
    version: z.int().describe('Grows by one with each restatement'),
    refresh: refreshSchema,
  })
  .meta({ id: 'Envelope' });

export const seriesSchema = z
  .object({
    id: z.string(),
    metric: z.string(),
    labels: z.record(z.string(), z.string()),
    title: z.string(),
    kind: z.enum(SERIES_KINDS),
    unit: z.string(),
    source: z.string().describe('Name of the source'),
    interval: z.number().nullable().describe('Expected milliseconds between samples; null when irregular'),
    version: z.int(),
    lastAt: instant.nullable().describe('Stamp of the newest sample'),
  })
  .meta({ id: 'Series' });

export const seriesListSchema = z.object({
  series: z.array(seriesSchema),
  total: z.int().describe('Series of the org'),
  next: z.string().nullable().describe('Pass as `cursor` for the next page'),
});

/** A bucket that holds at least one sample. Buckets without samples are left out: missing is not zero. */
const rangePointSchema = z.object({
  t: instant.describe('Start of the bucket'),
  value: z.number().describe('The aggregate asked for'),
  avg: z.number(),
  min: z.number(),
  max: z.number(),
  sum: z.number(),
  count: z.int(),
  partial: z.literal(true).optional().describe('Open, or cut by the edge of the window'),
});

export const rangeSchema = z
  .object({
    series: seriesSchema,
    start: instant,
    end: instant,
    step: z.number().describe('Milliseconds a bucket; local days and months edges may be shorter or longer'),
    zone: z.string(),
    aggregate: z.enum(AGGREGATES),
    totalSamples: z.int(),
    overall: z
      .object({ avg: z.number(), min: z.number(), max: z.number(), sum: z.number(), count: z.int() })
      .nullable(),
    points: z.array(rangePointSchema),
    envelope: envelopeSchema,
  })
  .meta({ id: 'Range' });

export const queryRequestSchema = z.object({
  series: z.array(z.string().max(64)).min(1).max(200).describe('Ids of series'),
  window: z.string().max(40).optional(),
  from: z.union([z.string().max(40), z.number()]).optional(),
  to: z.union([z.string().max(40), z.number()]).optional(),
  samples: z.int().min(1).max(MAXIMUM_SAMPLES).optional(),
  step: z.string().max(40).optional(),
  tz: z.string().max(64).optional(),
  aggregate: z.enum(AGGREGATES).optional(),
});

export const queryResponseSchema = z.object({
  results: z.array(z.union([rangeSchema, z.object({ seriesId: z.string(), problem: z.string() })])),
});

export const viewerTrendSchema = z
  .object({
    start: instant,
    end: instant,
    step: z.number(),
    zone: z.string(),
    stream: z.string().nullable(),
    totalSamples: z.int(),
    averages: z.object({
      overall: z.number().nullable().describe('Sum of all samples over their count; null only when there is none'),
      daily: z.array(
        z.object({
          date: z.string(),
          avg: z.number(),
          min: z.number(),
          max: z.number(),
          count: z.int(),
          partial: z.literal(true).optional(),
        }),
      ),
    }),
    points: z.array(
      z.object({
        t: instant,
        avg: z.number(),
        min: z.number(),
        max: z.number(),
        count: z.int(),
        partial: z.literal(true).optional(),
      }),
    ),
    envelope: envelopeSchema,
  })
  .meta({ id: 'ViewerTrend' });

export const seriesCoverageSchema = z.object({
  series: seriesSchema,
  from: instant,
  to: instant,
  zone: z.string(),
  text: z
    .string()
    .describe('For people: "82 h 8 m over 4 calendar days, 57 minutes missing: 12 failed, 45 never written"'),
  calendarDays: z.int(),
  coverage: coverageSchema,
  missing: z.array(missingRangeSchema),
  missingOmitted: z.int(),
  days: z.array(
    z.object({
      date: z.string(),
      from: instant,
      to: instant,
      have: z.number(),
      empty: z.number(),
      failed: z.number(),
      neverAsked: z.number(),
      notClosed: z.number(),
    }),
  ),
  restatements: z.array(z.object({ version: z.int(), from: instant, to: instant, reason: z.string(), at: instant })),
});

export const jobSchema = z
  .object({
    id: z.string(),
    kind: z.string().describe('`archive-backfill`, `archive-tail`, …'),
    input: z.record(z.string(), z.unknown()),
    state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
    cancelRequested: z.boolean(),
    progress: z
      .object({
        done: z.number(),
        total: z.number().nullable(),
        unit: z.string(),
        rate: z.number().nullable(),
        endsAt: instant.nullable(),
        note: z.string(),
      })
      .nullable(),
    result: z.record(z.string(), z.unknown()).nullable(),
    error: z.string().nullable(),
    attempts: z.int(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Job' });

/** What to read of an archive: all of it when nothing is said. */
export const backfillRequestSchema = z.strictObject({
  from: z
    .union([z.string().max(40), z.number()])
    .optional()
    .describe('ISO 8601, a date or epoch milliseconds'),
  to: z
    .union([z.string().max(40), z.number()])
    .optional()
    .describe('Not included'),
  retryFailed: z.boolean().optional().describe('Also read objects anew whose reading failed'),
});

export const jobListSchema = z.object({ jobs: z.array(jobSchema) });

const sourceSchema = z
  .object({
    name: z.string(),
    kind: z.string().describe('`archive` or `host`'),
    location: z.string(),
    interval: z.number().nullable(),
    dataFrom: instant.nullable(),
    dataTo: instant.nullable(),
    watermark: instant.nullable(),
    closedTo: instant.nullable().describe('End of the newest closed range'),
    lastAttemptAt: instant.nullable(),
    lastSuccessAt: instant.nullable(),
    refresh: refreshSchema,
    thisHour: z.object({ expected: z.int(), have: z.int() }).nullable().describe('Samples of the running hour so far'),
    text: z
      .string()
      .describe('For people: "complete to 14:02Z, 57/60 samples this hour, reads s3://…, next try 14:05Z"'),
  })
  .meta({ id: 'Source' });

export const sourceListSchema = z.object({ sources: z.array(sourceSchema) });

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(z.object({ field: z.string(), problem: z.string() }))
      .optional()
      .describe('What to mend, by field'),
    instance: z.string().optional(),
  })
  .meta({ id: 'Problem' });

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  startedAt: instant,
  store: z.object({ engine: z.string(), bytes: z.number(), ok: z.boolean() }),
  work: z.object({ running: z.boolean(), restarts: z.int(), lastError: z.string().nullable() }),
});

/** Strangers are told only whether it works. */
export const shownHealthSchema = healthSchema.partial({ version: true, startedAt: true, store: true, work: true });

/** Which configuration runs: each setting with where it came from; secrets are never among them. */
export const configurationSchema = z.object({
  loadedAt: instant,
  file: z.string().nullable(),
  settings: z.array(
    z.object({ name: z.string(), value: z.string(), from: z.enum(['default', 'file', 'environment', 'flag']) }),
  ),
  problem: z.string().nullable().describe('Why a newer configuration was refused while this one goes on'),
});

export type EnvelopeBody = z.infer<typeof envelopeSchema>;
export type SeriesBody = z.infer<typeof seriesSchema>;
export type RangeBody = z.infer<typeof rangeSchema>;
export type ViewerTrendBody = z.infer<typeof viewerTrendSchema>;
export type SeriesCoverageBody = z.infer<typeof seriesCoverageSchema>;
export type JobBody = z.infer<typeof jobSchema>;
export type SourceBody = z.infer<typeof sourceSchema>;
export type ProblemBody = z.infer<typeof problemSchema>;
export type HealthBody = z.infer<typeof healthSchema>;
export type ShownHealthBody = z.infer<typeof shownHealthSchema>;
export type ConfigurationBody = z.infer<typeof configurationSchema>;
