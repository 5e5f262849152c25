import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MAXIMUM_SAMPLES } from '../../domain/buckets.ts';
import { formatDuration, type Instant, SECOND } from '../../domain/time.ts';
import { GRANULARITIES, type Granularity, type WindowName } from '../../domain/windows.ts';
import { StoreUnavailable } from '../../store/engine.ts';
import { versionTime } from '../../windows/build.ts';
import type { ServedArtifact } from '../../windows/served-windows.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { ageOf } from '../latest-answers.ts';
import { DEFAULT_LATEST_SAMPLES, DEFAULT_WINDOW, type LatestQuestion, readLatestQuestion } from '../latest-question.ts';
import { text, wholeNumber } from '../parameters.ts';
import { invalid, Problem } from '../problem.ts';
import { hasEnded } from '../refreshes.ts';
import { findTarget, type SampleTarget } from '../sample-target.ts';
import { latestSchema, refreshStateSchema } from '../samples-contract.ts';
import { sendAnswer } from '../send-answer.ts';
import { seriesOf } from './series.ts';

/** How long `fresh=true` waits for a build. */
const FRESH_LIMIT = 3 * SECOND;

const seriesNameParameters = {
  series: text(64, 'Id of a series; or name it by `metric` and `device`'),
  metric: text(200, 'Metric of the series').meta({ example: 'temperature' }),
  device: text(200, 'Who pushes it').meta({ example: 'attic' }),
};

export function latestRoutes(api: Api, services: Services): void {
  const { context, latest, published, refreshes } = services;
  const { served, settings } = context.windows;

  api.get(
    '/api/samples/latest',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['samples'],
        summary: 'The latest samples of a window, in equal segments',
        description:
          'Published windows come from memory; any other length or number of segments is computed from rollups at once. Without `series`, ' +
          '`metric` and `device` the only pushed series is meant. `meta` says which version it is and whether newer samples exist. With ' +
          '`fresh=true` newer samples are built in first: the answer comes within three seconds, or as 202 with a refresh to watch.',
        querystring: z
          .strictObject({
            ...seriesNameParameters,
            window: text(
              40,
              `Length that ends now: a published window, where \`3m\` and \`12m\` are months, or a duration; ${DEFAULT_WINDOW} when left out`,
            ).meta({ example: '1h' }),
            minutes: wholeNumber(1, 30_000_000, 'Length in minutes, instead of `window`'),
            hours: wholeNumber(1, 500_000, 'Length in hours'),
            days: wholeNumber(1, 20_000, 'Length in days'),
            months: wholeNumber(1, 600, 'Length in months of 730 hours'),
            samples: wholeNumber(1, MAXIMUM_SAMPLES, `Equal segments; ${DEFAULT_LATEST_SAMPLES} when left out`).meta({
              example: 20,
            }),
            fresh: z.enum(['true', 'false']).describe('`true`: build newer samples in first'),
            versionId: text(64, 'Read this version again, as `meta.versionId` named it'),
            maxStale: text(40, 'Refuse an answer that has been stale for longer: `30s`, `10m`, `0`'),
          })
          .partial(),
        response: { 200: latestSchema, 202: refreshStateSchema, ...problems(400, 401, 403, 404, 410, 503) },
      },
    },
    // Every answer is written past the framework; what is returned is the reply.
    (async (request: Asked, reply: FastifyReply) => {
      const question = readLatestQuestion(request.query);
      const target = await findTarget(context, orgOf(request), request.query);
      if (request.query.versionId !== undefined)
        return published.send(request, reply, await pinned(target, question, request.query.versionId), false);
      const window = publishedWindow(target, question);
      if (request.query.fresh === 'true' && window !== undefined) {
        const waiting = await freshen(target, window);
        if (waiting !== undefined) return sendWaiting(reply, waiting);
      }
      if (window === undefined) return fromLadder(request, reply, target, question);
      const exact = target.set.granularities.find((granularity) => granularity === question.samples);
      if (exact !== undefined) return exactly(request, reply, target, question, { window, granularity: exact });
      return nearly(request, reply, target, question, window);
    }) as never,
  );

  async function exactly(
    request: Asked,
    reply: FastifyReply,
    target: SampleTarget,
    question: LatestQuestion,
    file: { readonly window: WindowName; readonly granularity: Granularity },
  ): Promise<FastifyReply> {
    const found = await served.get({ ...placeOf(target), ...file });
    if (!found) return fromLadder(request, reply, target, question);
    const age = ageOf(found, context.clock.now());
    if (question.maxStale === undefined || age <= question.maxStale)
      return published.send(request, reply, found, question.maxStale === undefined);
    if (served.storeUnreachableSince !== undefined) throw tooStale(age, question.maxStale);
    return fromLadder(request, reply, target, question);
  }

  /** From the nearest finer granularity that can serve exactly; else from the ladder; else, without the store, the nearest there is. */
  async function nearly(
    request: Asked,
    reply: FastifyReply,
    target: SampleTarget,
    question: LatestQuestion,
    window: WindowName,
  ): Promise<FastifyReply> {
    const { set } = target;
    const finer = [...set.granularities].sort((a, b) => a - b).filter((granularity) => granularity > question.samples);
    const dividing = finer.find((granularity) => granularity % question.samples === 0);
    const source = dividing && (await served.get({ ...placeOf(target), window, granularity: dividing }));
    const isFresh = source && ageOf(source, context.clock.now()) <= (question.maxStale ?? Number.POSITIVE_INFINITY);
    const merged = isFresh ? latest.fromPublished(source, question.samples) : undefined;
    if (merged) return sendAnswer(request, reply, merged);
    if (served.storeUnreachableSince === undefined) return fromLadder(request, reply, target, question);
    const nearest = finer[0] ?? Math.max(...set.granularities);
    return exactly(request, reply, target, question, { window, granularity: nearest as Granularity });
  }

  async function fromLadder(
    request: Asked,
    reply: FastifyReply,
    target: SampleTarget,
    { length, window, samples }: LatestQuestion,
  ): Promise<FastifyReply> {
    if (target.standing.state === 'unreachable')
      throw new StoreUnavailable('unreachable', 'the store cannot be reached, and nothing is published of this window');
    const knowledge = await seriesOf(context, target.org, target.id);
    return sendAnswer(request, reply, latest.fromLadder(target.org, knowledge, length, window, samples));
  }

  async function pinned(
    target: SampleTarget,
    { window, samples }: LatestQuestion,
    versionId: string,
  ): Promise<ServedArtifact> {
    const granularity = GRANULARITIES.find((candidate) => candidate === samples);
    if (window === null || granularity === undefined)
      throw invalid([
        { field: 'samples', problem: `of a version must be one of ${target.set.granularities.join(', ')}` },
      ]);
    const builtAt = versionTime(versionId);
    if (builtAt === undefined)
      throw invalid([{ field: 'versionId', problem: 'must be the `meta.versionId` of an answer, unchanged' }]);
    const found = await served.version({ ...placeOf(target), window, granularity }, versionId);
    if (found) return found;
    throw goneOrUnknown(builtAt);
  }

  function goneOrUnknown(builtAt: Instant): Problem {
    const kept = `versions are kept for ${formatDuration(settings.keepVersions)} after a newer one took their place`;
    return builtAt < context.clock.now() - settings.keepVersions
      ? new Problem(410, `this version is not kept any more: ${kept}`)
      : new Problem(404, `this window has no such version: ${kept}`);
  }

  /** Builds what landed since the published version, or hands back the refresh that is still at it when time is over. */
  async function freshen(target: SampleTarget, window: WindowName) {
    const deadline = context.clock.now() + FRESH_LIMIT;
    for (let { standing } = target; ; standing = await served.standing(placeOf(target))) {
      if (standing.state !== 'known') return undefined;
      const publication = standing.publications.find((candidate) => candidate.window === window);
      const isBehind = publication?.versionId == null || publication.changes !== standing.series.changes;
      if (!isBehind) return undefined;
      const job = await refreshes.request(target.org, { series: target.id, window, windows: [window] });
      const ended = await refreshes.untilEnded(job, deadline);
      if (!ended) return refreshes.stateOf(job);
      // The last good version says why it is not newer.
      if (ended.state !== 'succeeded' && hasEnded(ended)) return undefined;
    }
  }
}

type Asked = FastifyRequest<{
  Querystring: Parameters<typeof readLatestQuestion>[0] & { series?: string; metric?: string; device?: string };
}>;

const placeOf = ({ org, id }: SampleTarget) => ({ org: org.number, series: id });

const publishedWindow = ({ set }: SampleTarget, { window }: LatestQuestion): WindowName | undefined =>
  window !== null && set.windows.includes(window) ? window : undefined;

const sendWaiting = (reply: FastifyReply, state: { readonly links: { readonly self: string } }): FastifyReply =>
  reply
    .code(202)
    .header('location', state.links.self)
    .header('retry-after', '1')
    .header('cache-control', 'no-store')
    .send(state);

function tooStale(age: number, maxStale: number): Problem {
  const detail = `the last good version has been stale for ${formatDuration(age)}, longer than the ${formatDuration(maxStale)} that are allowed, and the store cannot be reached`;
  return new Problem(503, detail, { headers: { 'retry-after': '5' } });
}
