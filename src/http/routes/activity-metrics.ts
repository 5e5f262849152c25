import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { LogHead } from '../../activity/activity.ts';
import { latencyByActor, latencyTimeseries } from '../../activity/latency.ts';
import { PAIR_PREFIX } from '../../activity/pair-events.ts';
import { settleSpan, type TimeSpan } from '../../activity/time-span.ts';
import { countByActor, countTimeseries } from '../../activity/timeseries.ts';
import { closest } from '../../domain/closest.ts';
import { floorTo, MINUTE, SECOND, toIso } from '../../domain/time.ts';
import { listOpenItems } from '../../store/pair-steps.ts';
import { orgOf } from '../access.ts';
import {
  identitiesBody,
  latencyBucketBody,
  latencySummaryBody,
  type Names,
  nameBody,
  partialBucket,
  spanBody,
} from '../activity-bodies.ts';
import {
  type EventTimeseriesBody,
  eventTimeseriesSchema,
  type LatencyBody,
  latencySchema,
} from '../activity-contract.ts';
import {
  expandParameter,
  logParameters,
  readLogName,
  readSpan,
  spanParameters,
  tooManyBuckets,
} from '../activity-question.ts';
import { CachedAnswer } from '../answer-cache.ts';
import type { Prepared } from '../answers.ts';
import { type Api, problems, type Services } from '../api.ts';
import { text } from '../parameters.ts';
import { invalid } from '../problem.ts';
import { sendAnswer } from '../send-answer.ts';

const parameters = {
  ...logParameters,
  ...spanParameters,
  by: z.enum(['moderator']).describe('Also by who did it'),
  expand: expandParameter,
};
const MOST_OPEN = 100;

/** Grows when the shape of a body changes, so that no browser keeps an old one. */
const FORMAT = 1;

export function activityMetricsRoutes(api: Api, { context, cache }: Services): void {
  const { reader } = context.engine;

  /** What both answers need first. Minutes count in what is open, so answers of one minute are one. */
  const settle = async (request: FastifyRequest<{ Querystring: Query }>) => {
    const org = orgOf(request);
    const name = readLogName(request.query);
    const question = readSpan(request.query);
    const head = await context.activity.head(org, name);
    const span = settleSpan(question, head.stream, floorTo(context.clock.now(), MINUTE));
    if (!span) throw tooManyBuckets();
    return { head, span, place: { org: org.number, stream: name } };
  };

  /** Named by all that it depends on. */
  const prepare = (
    kind: string,
    { stream, projections }: LogHead,
    span: TimeSpan,
    compute: () => Promise<object>,
  ): Prepared => {
    const built = projections.map(({ name, seq, open }) => `${name}:${seq}:${open}`).join(',');
    const { zone, step, asked, now } = span;
    const key = [kind, stream?.number, stream?.lastSeq, built, asked.from, asked.to, step, zone.name, now].join('.');
    const etag = `W/"${FORMAT}.${Buffer.from(key).toString('base64url')}"`;
    return {
      etag,
      isAbsolute: false,
      load: () => cache.get(etag, async () => new CachedAnswer(Buffer.from(JSON.stringify(await compute())), false)),
    };
  };

  api.get(
    '/api/metrics/timeseries',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['activity'],
        summary: 'How often what happened, by buckets',
        description: 'From rollups: the cost grows with the buckets drawn, never with the log.',
        querystring: z.strictObject(parameters).partial(),
        response: { 200: eventTimeseriesSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request, reply) => {
      const { head, span, place } = await settle(request);
      const isByModerator = request.query.by !== undefined;
      const { settings, identities } = context.activity;
      const compute = async (withNames: boolean): Promise<EventTimeseriesBody> => {
        const buckets = await countTimeseries(reader, head.stream, span, settings.names);
        const actors = isByModerator ? await countByActor(reader, head.stream, span, settings.names) : undefined;
        const names: Names = withNames
          ? await identities.resolve(place, actors?.map(({ actor }) => actor) ?? [])
          : undefined;
        const totals: Record<string, number> = {};
        for (const { counts } of buckets)
          for (const [type, count] of Object.entries(counts)) totals[type] = (totals[type] ?? 0) + count;
        return {
          ...spanBody(
            span,
            head.stream?.lastSeq ?? 0,
            head.projections.find(({ name }) => name === 'counts'),
          ),
          buckets: buckets.map(({ at, counts }) => ({
            timestamp: toIso(at),
            counts: { ...counts },
            ...partialBucket(span, at),
          })),
          totals,
          ...(actors
            ? {
                moderators: actors.map(({ actor, total, counts, buckets: own }) => ({
                  moderator_id: actor,
                  ...nameBody(actor, names),
                  total,
                  counts: { ...counts },
                  buckets: own.map((bucket) => ({ timestamp: toIso(bucket.at), counts: { ...bucket.counts } })),
                })),
              }
            : {}),
          ...identitiesBody(names),
        };
      };
      if (request.query.expand !== undefined) return compute(true);
      return sendAnswer(
        request,
        reply,
        prepare(`counts ${isByModerator}`, head, span, () => compute(false)),
      );
    },
  );

  api.get(
    '/api/metrics/latency',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['activity'],
        summary: 'How long answers take, and what waits for one',
        description:
          'Between the event that opens an item and the one that closes it, by the pairs of the configuration. Quantiles are off by at most 0.5 %.',
        querystring: z
          .strictObject({ ...parameters, pair: text(40, 'Name of a pair; the first one when left out') })
          .partial(),
        response: { 200: latencySchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request, reply) => {
      const { head, span, place } = await settle(request);
      const { settings, identities } = context.activity;
      const pair = readPair(
        request.query.pair,
        settings.pairs.map(({ name }) => name),
      );
      const isByModerator = request.query.by !== undefined;
      const compute = async (withNames: boolean): Promise<LatencyBody> => {
        const { stream } = head;
        const { buckets, overall } = await latencyTimeseries(reader, stream, pair, span);
        const actors = isByModerator ? await latencyByActor(reader, stream, pair, span) : undefined;
        const items = stream ? await listOpenItems(reader, stream.number, pair, MOST_OPEN) : [];
        const ids = [...(actors ?? []).map(({ actor }) => actor), ...items.flatMap(({ openActor }) => openActor ?? [])];
        const names: Names = withNames ? await identities.resolve(place, ids) : undefined;
        const state = head.projections.find(({ name }) => name === PAIR_PREFIX + pair);
        const age = (since: number): number => Math.max(0, Math.round((span.now - since) / SECOND));
        return {
          pair,
          ...spanBody(span, stream?.lastSeq ?? 0, state),
          buckets: buckets.map((bucket) => latencyBucketBody(span, bucket)),
          overall: latencySummaryBody(overall),
          open: {
            count: state?.open ?? 0,
            oldest_age_s: items[0] ? age(items[0].openAt) : null,
            items: items.map(({ subject, openAt, openActor }) => ({
              subject,
              since: toIso(openAt),
              age_s: age(openAt),
              actor: openActor,
              ...nameBody(openActor, names),
            })),
          },
          ...(actors
            ? {
                moderators: actors.map(({ actor, ...summary }) => ({
                  moderator_id: actor,
                  ...nameBody(actor, names),
                  ...latencySummaryBody(summary),
                })),
              }
            : {}),
          ...identitiesBody(names),
        };
      };
      if (request.query.expand !== undefined) return compute(true);
      return sendAnswer(
        request,
        reply,
        prepare(`latency ${pair} ${isByModerator}`, head, span, () => compute(false)),
      );
    },
  );
}

type Query = Parameters<typeof readLogName>[0] & Parameters<typeof readSpan>[0];

function readPair(name: string | undefined, names: readonly string[]): string {
  const pair = name ?? names[0];
  if (pair !== undefined && names.includes(pair)) return pair;
  const near = name === undefined ? undefined : closest(name, names);
  const there = names.length === 0 ? 'none is configured' : `there are ${names.join(', ')}`;
  throw invalid([
    { field: 'pair', problem: `must be a pair of the configuration; ${near ? `did you mean ${near}? ` : ''}${there}` },
  ]);
}
