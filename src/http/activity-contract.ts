import { z } from 'zod';
import { instant } from './contract.ts';

/**
 * The bodies of the activity log. Ids are strings: those of 64 bits lose digits as JSON numbers. Names follow what moderation dashboards
 * use already, so they are written with underscores, and stamps are ISO 8601.
 */
const stamp = z.string().describe('ISO 8601, UTC');

const identitySchema = z
  .object({
    id: z.string(),
    state: z
      .enum(['member', 'departed', 'user', 'unknown'])
      .describe(
        '`departed`: has left, and what was known stays. `user`: no saying whether a member. `unknown`: nobody has this id',
      ),
    username: z.string().nullable(),
    global_name: z.string().nullable(),
    display_name: z.string().nullable().describe('The name to show'),
    avatar_url: z.string().nullable(),
    departed: z.boolean(),
  })
  .meta({ id: 'Identity' });

const identities = z
  .record(z.string(), identitySchema)
  .optional()
  .describe('With `expand=identity`: those that are known, by id');
const warnings = z.array(z.string()).describe('What is missing beside the answer, e.g. names whose provider fails');
const nameOfActor = {
  display_name: z.string().nullable().optional().describe('With `expand=identity`: the name of the actor'),
  avatar_url: z.string().nullable().optional(),
};

const logEventSchema = z
  .object({
    seq: z.int().describe('Place in the log: grows by one with each event of it'),
    id: z.string(),
    stream: z.string(),
    type: z.string(),
    actor: z.string().nullable(),
    subject: z.string().nullable(),
    time: stamp,
    attributes: z.record(z.string(), z.unknown()),
    ...nameOfActor,
  })
  .meta({ id: 'LogEvent' });

const MOST_EVENTS = 5_000;

const eventInput = {
  type: 'object' as const,
  required: ['id', 'type', 'time'],
  properties: {
    id: { type: 'string' as const, description: 'Names the event in its log: the same id twice is stored once' },
    stream: {
      type: 'string' as const,
      description: 'The log, e.g. the id of a guild; that of the batch when left out',
    },
    type: { type: 'string' as const, examples: ['app_submitted'] },
    actor: { type: 'string' as const, description: 'Who did it' },
    subject: { type: 'string' as const, description: 'What it was done to; by it answers find their question' },
    time: { type: 'string' as const, description: 'ISO 8601 with a zone, or epoch milliseconds as a number' },
    attributes: { type: 'object' as const, description: 'Anything else, at most 16 KiB' },
  },
};

export const logBatchSchema = z.strictObject({
  stream: z.string().max(128).optional().describe('The log of events that name none'),
  events: z.array(z.unknown().meta(eventInput)).min(1).max(MOST_EVENTS),
});

export const logReportSchema = z
  .object({
    accepted: z.int().describe('Events that are stored now and were not before'),
    duplicates: z.int().describe('Events that were stored already'),
    rejected: z
      .array(z.object({ index: z.int(), id: z.string().nullable(), reason: z.string() }))
      .describe('The first 100; `index` counts from 0'),
    rejectedOmitted: z.int(),
  })
  .meta({ id: 'LogReport' });

export const logPageSchema = z
  .object({
    items: z.array(logEventSchema),
    cursor: z.int().describe('The end of the log: a stream that begins with it as `Last-Event-ID` leaves no gap'),
    next: z.string().nullable().describe('Pass as `cursor` to go on in this order'),
    previous: z.string().nullable().describe('Pass as `cursor` to go back; what was logged since stands there too'),
    identities,
    warnings,
  })
  .meta({ id: 'LogPage' });

const range = { from: instant, to: instant };

/** What an answer over buckets knows of itself. */
const spanEnvelope = {
  asOf: instant,
  coverage: z.object(range).nullable().describe('From the first event of the log; null before there is one'),
  missing: z.array(z.object({ ...range, reason: z.literal('never-asked') })),
  partial: z.array(z.object({ ...range, reason: z.enum(['open', 'log-begins']) })),
  building: z
    .object({ done: z.int(), total: z.int() })
    .nullable()
    .describe(
      'Set while numbers are built anew from the log, after the configuration changed; until then they are too small',
    ),
};

const counts = z.record(z.string(), z.int());
const settled = { bucket: z.string().describe('`1h`, `6h`, `1d`, …'), zone: z.string() };

export const eventTimeseriesSchema = z
  .object({
    ...settled,
    buckets: z
      .array(z.object({ timestamp: stamp, counts, partial: z.literal(true).optional() }))
      .describe('From where the log begins; what did not happen is 0'),
    totals: counts,
    moderators: z
      .array(
        z.object({
          moderator_id: z.string(),
          total: z.int(),
          counts,
          buckets: z.array(z.object({ timestamp: stamp, counts })).describe('Only those in which something was done'),
          ...nameOfActor,
        }),
      )
      .optional()
      .describe('With `by=moderator`: the busiest 100'),
    ...spanEnvelope,
    identities,
    warnings,
  })
  .meta({ id: 'EventTimeseries' });

const latency = {
  avg_response_time_s: z.number().nullable(),
  p50_response_time_s: z.number().nullable().describe('At most 0.5 % off'),
  p95_response_time_s: z.number().nullable().describe('At most 0.5 % off'),
  count: z.int(),
};

export const latencySchema = z
  .object({
    pair: z.string(),
    ...settled,
    buckets: z
      .array(z.object({ timestamp: stamp, ...latency, partial: z.literal(true).optional() }))
      .describe('By when the answer was given'),
    overall: z.object(latency),
    open: z.object({
      count: z.int(),
      oldest_age_s: z.number().nullable(),
      items: z
        .array(
          z.object({
            subject: z.string(),
            since: stamp,
            age_s: z.number(),
            actor: z.string().nullable(),
            ...nameOfActor,
          }),
        )
        .describe('The 100 that wait longest'),
    }),
    moderators: z
      .array(z.object({ moderator_id: z.string(), ...latency, ...nameOfActor }))
      .optional()
      .describe('With `by=moderator`: the busiest 100'),
    ...spanEnvelope,
    identities,
    warnings,
  })
  .meta({ id: 'ResponseTimes' });

export const resolvedUsersSchema = z
  .object({
    users: z.array(identitySchema).describe('In the order asked for; ids of which nothing is known are left out'),
    warnings,
  })
  .meta({ id: 'ResolvedUsers' });

export const logStreamsSchema = z.object({
  streams: z.array(
    z.object({
      stream: z.string(),
      events: z.int(),
      first: stamp.nullable(),
      last: stamp.nullable(),
    }),
  ),
  pairs: z.array(z.object({ name: z.string(), from: z.string(), to: z.array(z.string()) })),
});

export type LogEventBody = z.infer<typeof logEventSchema>;
export type LogPageBody = z.infer<typeof logPageSchema>;
export type LogReportBody = z.infer<typeof logReportSchema>;
export type EventTimeseriesBody = z.infer<typeof eventTimeseriesSchema>;
export type LatencyBody = z.infer<typeof latencySchema>;
