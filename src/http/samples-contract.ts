import { z } from 'zod';
import { GRANULARITIES, WINDOW_NAMES } from '../domain/windows.ts';
import { envelopeSchema, instant, seriesSchema } from './contract.ts';

/** The bodies of everything about samples: pushing them, published windows, refreshing, devices. Times are epoch milliseconds UTC. */
const window = z.enum(WINDOW_NAMES);

/** What became of a batch. Good lines are kept whatever the others hold. */
export const pushReportSchema = z
  .object({
    accepted: z.int().describe('Samples that are stored now; the same sample twice is accepted twice and stored once'),
    values: z.int().describe('Numbers in them: each field of a sample is one'),
    rejected: z
      .array(
        z.object({
          line: z.int().describe('Line of the body, or place in its list; counted from 1'),
          reason: z.string(),
        }),
      )
      .describe('The first 100'),
    rejectedOmitted: z.int().describe('How many more were rejected'),
    ignoredFields: z.int().describe('Fields that are no numbers, such as texts of line protocol'),
    newSeries: z.int(),
  })
  .meta({ id: 'PushReport' });

const aggregateSchema = z.object({ avg: z.number(), min: z.number(), max: z.number(), count: z.int() });

/** A segment that holds samples. Segments without any are left out: missing is not zero. */
const segmentSchema = aggregateSchema.extend({
  t: instant.describe('Start of the segment'),
  to: instant.describe('End of the segment, not included'),
  partial: z.literal(true).optional().describe('More samples may come'),
  dimensions: z
    .record(z.string(), aggregateSchema)
    .optional()
    .describe('Further fields that are measured together with this series, by name'),
});

/** How fresh an answer is, and which version it is. */
const latestMetaSchema = z
  .object({
    source: z
      .enum(['published', 'ladder', 'fallback'])
      .describe('A published artifact; computed now from rollups; or the last-resort file of an agent'),
    window: window.nullable(),
    granularity: z.int().nullable(),
    generatedAt: instant,
    expiresAt: instant.nullable(),
    versionId: z.string().nullable().describe('Pass as `versionId` to read this version again'),
    count: z.int().describe('Number of points'),
    checksum: z.string().nullable().describe('SHA-256 of the published file, unpacked, in hex'),
    watermark: instant.nullable(),
    stale: z.boolean().describe('Newer samples exist, or may exist, that are not in here'),
    staleSince: instant.nullable(),
    reason: z.string().nullable().describe('Why it is stale'),
  })
  .meta({ id: 'LatestMeta' });

export const latestSchema = z
  .object({
    meta: latestMetaSchema,
    series: seriesSchema,
    from: instant,
    to: instant,
    segments: z.int().describe('Equal segments that the window was cut into'),
    samples: z.int().describe('Raw samples in the window'),
    points: z.array(segmentSchema),
    envelope: envelopeSchema,
  })
  .meta({ id: 'Latest' });

/** The bytes of `latest_{window}_{granularity}.json`: an answer without what changes after it was published. */
export const artifactSchema = latestSchema.omit({ meta: true }).extend({
  window,
  granularity: z.union(GRANULARITIES.map((granularity) => z.literal(granularity))),
  generatedAt: instant,
  versionId: z.string(),
});

/** The bytes of `latest_{window}_{granularity}.meta.json`. */
export const artifactMetaSchema = latestMetaSchema.omit({ source: true });

const REFRESH_STATES = ['queued', 'started', 'committed', 'failed', 'cancelled'] as const;

export const refreshRequestSchema = z.strictObject({
  series: z.string().max(64).optional().describe('Id of a series; or name it by `metric` and `device`'),
  metric: z.string().max(200).optional(),
  device: z.string().max(200).optional(),
  window: window.optional().describe('All published windows of the series when left out'),
});

export const refreshStateSchema = z
  .object({
    requestId: z.string(),
    state: z.enum(REFRESH_STATES),
    series: z.string(),
    window: window.nullable(),
    progress: z.object({ done: z.int(), total: z.int(), note: z.string() }).nullable(),
    eta: instant.nullable().describe('When it is expected to be committed, from past runs'),
    queuedAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    error: z.string().nullable(),
    versions: z
      .array(z.object({ window, versionId: z.string().nullable() }))
      .describe('What was published, once it is committed'),
    links: z.object({
      self: z.string(),
      events: z.string().describe('The same as server-sent events, by `Accept: text/event-stream`'),
      result: z.string().describe('Where the window is read'),
    }),
  })
  .meta({ id: 'Refresh' });

const gapSchema = z.object({ from: instant, to: instant, reason: z.string() });

/** Who pushes samples. */
const deviceSchema = z
  .object({
    name: z.string(),
    state: z.enum(['live', 'late', 'gone']).describe('By the age of the newest sample against the observed cadence'),
    firstSampleAt: instant.nullable(),
    lastSampleAt: instant.nullable(),
    lastSeenAt: instant.nullable().describe('When something last arrived'),
    cadence: z.number().nullable().describe('Observed milliseconds between samples'),
    samplesPerMinute: z.number().nullable(),
    clockSkew: z.number().nullable().describe('Milliseconds that its clock is ahead of ours; negative when behind'),
    series: z.int(),
    coverage: z.number().nullable().describe('Part of the last 24 hours with data'),
    gaps: z.array(gapSchema).describe('Of the last 24 hours, the newest 20, in order of time'),
    gapsOmitted: z.int(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Device' });

export const deviceListSchema = z.object({ devices: z.array(deviceSchema) });

/** A published window of a series, and how its builds go. */
const publicationSchema = z
  .object({
    series: seriesSchema,
    window,
    granularities: z.array(z.int()),
    versionId: z.string().nullable(),
    generatedAt: instant.nullable(),
    expiresAt: instant.nullable(),
    to: instant.nullable().describe('End of the window'),
    samples: z.int().nullable(),
    buildDuration: z.number().nullable().describe('Milliseconds of the newest good build'),
    behind: z.boolean().describe('Samples changed since'),
    failingSince: instant.nullable(),
    failures: z.int().describe('Builds that failed since the last good one'),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Publication' });

export const publicationListSchema = z.object({
  publications: z.array(publicationSchema).describe('Failing ones first, then by the duration of the build'),
  total: z.int(),
  failing: z.int(),
});

export type PushReport = z.infer<typeof pushReportSchema>;
export type LatestBody = z.infer<typeof latestSchema>;
export type LatestMeta = z.infer<typeof latestMetaSchema>;
export type Artifact = z.infer<typeof artifactSchema>;
export type RefreshStateBody = z.infer<typeof refreshStateSchema>;
export type DeviceBody = z.infer<typeof deviceSchema>;
export type DeviceListBody = z.infer<typeof deviceListSchema>;
export type PublicationBody = z.infer<typeof publicationSchema>;
export type PublicationListBody = z.infer<typeof publicationListSchema>;
