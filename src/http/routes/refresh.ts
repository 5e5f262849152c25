import { z } from 'zod';
import { findJob, type Job } from '../../store/jobs.ts';
import { REFRESH_KIND } from '../../windows/refresh-job.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { CHANGES_A_MINUTE, MOST_STREAMS, STREAMS_A_MINUTE } from '../limits.ts';
import { text, wholeNumber } from '../parameters.ts';
import { invalid, notFound, Problem } from '../problem.ts';
import { RefreshStream } from '../refresh-stream.ts';
import { findTarget } from '../sample-target.ts';
import { refreshRequestSchema, refreshStateSchema } from '../samples-contract.ts';
import { SECURITY_HEADERS } from '../security-headers.ts';

export function refreshRoutes(api: Api, { context, refreshes, watch }: Services): void {
  const { engine, clock } = context;
  const streams = new Set<RefreshStream>();

  api.post(
    '/api/samples/refresh',
    {
      config: { access: { scope: 'read' }, rateLimit: REFRESHES_A_MINUTE },
      schema: {
        tags: ['samples'],
        summary: 'Build published windows now',
        description:
          'Starts a refresh of one window of a series, or of all that it publishes, or joins the one that is live: all who ask for the same share ' +
          'it, also with `fresh=true`. Watch it at `Location`. What is published stays until the new version is committed. A series that publishes ' +
          'nothing is fresh in every answer: its refresh is committed without a version.',
        querystring: z.strictObject({}),
        body: refreshRequestSchema,
        response: { 202: refreshStateSchema, ...problems(400, 401, 403, 404, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { window, ...name } = request.body;
      const { org, id, set } = await findTarget(context, orgOf(request), name);
      if (window !== undefined && set.windows.length > 0 && !set.windows.includes(window))
        throw invalid([
          { field: 'window', problem: `is not published of this series; there are ${set.windows.join(', ')}` },
        ]);
      // Of a series without published windows every answer is computed when it is asked for: nothing is to be built, and that is soon done.
      const windows = window === undefined || set.windows.length === 0 ? set.windows : [window];
      const job = await refreshes.request(org, { series: id, window: window ?? null, windows });
      const state = await refreshes.stateOf(job);
      return reply.code(202).header('location', state.links.self).header('retry-after', '1').send(state);
    },
  );

  api.get(
    '/api/samples/refresh/:id',
    {
      exposeHeadRoute: false,
      config: { access: { scope: 'read' }, rateLimit: STREAMS_A_MINUTE },
      schema: {
        tags: ['samples'],
        summary: 'How a refresh goes',
        description:
          'As JSON, or with `Accept: text/event-stream` as events `queued`, `started`, `progress`, `committed` and `failed`, of which the last ends ' +
          'the stream. Their ids follow from what happened alone: reconnect with `Last-Event-ID`, also to another server or after a restart.',
        params: z.strictObject({ id: text(64, 'Id of a refresh') }),
        querystring: z
          .strictObject({ after: wholeNumber(0, 1_000_000, 'Go on after this event; `Last-Event-ID` goes first') })
          .partial(),
        response: { 200: refreshStateSchema, ...problems(400, 401, 403, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const job = refreshOf(id, await findJob(engine.reader, orgOf(request).number, id));
      if (!wantsEvents(request.headers.accept)) {
        return reply.header('cache-control', 'no-store').send(await refreshes.stateOf(job));
      }
      if (streams.size >= MOST_STREAMS)
        throw new Problem(503, 'too many streams are open; try again soon', { headers: { 'retry-after': '30' } });
      const cursor = readLastEventId(request.headers['last-event-id']) ?? request.query.after ?? 0;
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        ...SECURITY_HEADERS,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        // Asks nginx not to hold events back.
        'x-accel-buffering': 'no',
      });
      const stream = new RefreshStream(raw, clock, cursor);
      streams.add(stream);
      const leave = refreshes.watch.watch(job.org, job.id, (latest) => {
        // A refresh that is forgotten while it is watched has ended long ago.
        if (!latest || stream.tell(latest)) close();
      });
      const unwatch = watch(request, () => close());
      const close = (): void => {
        unwatch();
        leave();
        streams.delete(stream);
        stream.end();
      };
      raw.on('close', close);
      // The client may have gone while its refresh was looked up; then `close` is past.
      if (raw.destroyed) close();
      return reply;
    },
  );

  api.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
    refreshes[Symbol.dispose]();
  });
}

const REFRESHES_A_MINUTE = { ...CHANGES_A_MINUTE, max: 6_000 };

const wantsEvents = (accept: string | undefined): boolean => accept?.includes('text/event-stream') ?? false;

function refreshOf(id: string, job: Job | undefined): Job {
  if (job?.kind === REFRESH_KIND) return job;
  throw notFound(`there is no refresh with the id ${JSON.stringify(id)}; they are forgotten after a few hours`);
}

function readLastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,9}$/.test(String(header))) return Number(header);
  throw invalid([{ field: 'Last-Event-ID', problem: 'must be the id of an event of this refresh' }]);
}
