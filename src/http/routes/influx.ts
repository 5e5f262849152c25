import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Precision } from '../../sources/push/stamps.ts';
import { version } from '../../version.ts';
import { type Api, problems, type Services } from '../api.ts';
import { answerQuery, type Dialect, errorOf, VERSION_HEADERS, writeProblem } from '../influx.ts';
import { text } from '../parameters.ts';
import { Problem } from '../problem.ts';
import { streamBodies, takeBody } from '../pushed-body.ts';

const V2_PRECISIONS: Readonly<Record<string, Precision>> = { ns: 'ns', us: 'us', ms: 'ms', s: 's' };
const V1_PRECISIONS: Readonly<Record<string, Precision>> = {
  ...V2_PRECISIONS,
  n: 'ns',
  u: 'us',
  µ: 'us',
  m: 'm',
  h: 'h',
};

const QUERY_LIMIT = 64 * 1024;
const device = text(200, 'Names the sender of every sample; else the tag `device`, else `host`').optional();
const v1Parameters = z.looseObject({
  db: text(200, 'Any name: there is one database').optional(),
  precision: text(10, 'n, u, ms, s, m or h; nanoseconds when left out').optional(),
  device,
});
const v2Parameters = z.looseObject({
  org: text(200, 'Any name').optional(),
  bucket: text(200, 'Any name: there is one bucket').optional(),
  precision: text(10, 'ns, us, ms or s; nanoseconds when left out').optional(),
  device,
});
const errors = { 400: z.looseObject({}).describe('In the words of InfluxDB; the good lines are stored') };

/** What Telegraf and the client libraries of InfluxDB 1 and 2 ask of the server that they write to. */
export function influxRoutes(api: Api, { context }: Services): void {
  const { ingest } = context;

  const write = async (
    request: FastifyRequest,
    reply: FastifyReply,
    given: { readonly precision?: string | undefined; readonly device?: string | undefined },
    precisions: Readonly<Record<string, Precision>>,
  ): Promise<null> => {
    const precision = precisions[given.precision || 'ns'];
    if (precision === undefined) throw wrongPrecision(given.precision ?? '', Object.keys(precisions));
    const options = { format: 'line' as const, precision, device: given.device, sentAt: undefined };
    const problem = writeProblem(await takeBody(ingest, request, options));
    if (problem) throw problem;
    reply.code(204).headers(VERSION_HEADERS);
    return null;
  };

  api.register((instance, _options, done) => {
    const routes = instance as unknown as Api;
    streamBodies(instance);
    speak(instance, 'v1');
    routes.post(
      '/write',
      {
        config: { access: { scope: 'ingest' }, accepts: ['*'], streamed: true },
        schema: {
          tags: ['influx'],
          summary: 'Write line protocol, as to InfluxDB 1',
          querystring: v1Parameters,
          response: { 204: z.null().describe('Stored'), ...errors },
        },
      },
      (request, reply) => write(request, reply, request.query, V1_PRECISIONS),
    );
    done();
  });

  api.register((instance, _options, done) => {
    const routes = instance as unknown as Api;
    streamBodies(instance);
    speak(instance, 'v2');
    routes.post(
      '/api/v2/write',
      {
        config: { access: { scope: 'ingest' }, accepts: ['*'], streamed: true },
        schema: {
          tags: ['influx'],
          summary: 'Write line protocol, as to InfluxDB 2',
          querystring: v2Parameters,
          response: { 204: z.null().describe('Stored'), ...errors },
        },
      },
      (request, reply) => write(request, reply, request.query, V2_PRECISIONS),
    );
    done();
  });

  api.register((instance, _options, done) => {
    speak(instance, 'v1');
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser('*', { parseAs: 'string', bodyLimit: QUERY_LIMIT }, (_request, body, parsed) =>
      parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    const routes = instance as unknown as Api;
    const query = z.looseObject({ q: text(10_000, 'CREATE DATABASE or SHOW DATABASES').optional() });
    const schema = {
      tags: ['influx'],
      querystring: query,
      response: { 200: z.looseObject({}).describe('As InfluxDB 1 answers'), ...errors },
    };
    routes.get(
      '/query',
      {
        config: { access: { scope: 'ingest' } },
        schema: { ...schema, summary: 'The statements that senders make before they write' },
      },
      async (request, reply) => {
        reply.headers(VERSION_HEADERS);
        return answerQuery(request.query.q ?? '');
      },
    );
    routes.post(
      '/query',
      {
        config: { access: { scope: 'ingest' }, accepts: ['*'] },
        schema: { ...schema, summary: 'The same with the statement in a form' },
      },
      async (request, reply) => {
        const form = (request.body ?? {}) as { readonly q?: string };
        reply.headers(VERSION_HEADERS);
        return answerQuery(request.query.q ?? form.q ?? '');
      },
    );
    done();
  });

  api.get(
    '/ping',
    {
      config: { access: 'public' },
      schema: {
        tags: ['influx'],
        summary: 'Whether a server is there, as InfluxDB says it',
        querystring: z.looseObject({ verbose: text(10, '`true`: with a body').optional() }),
        response: { 204: z.null().describe('There is'), 200: z.object({ version: z.string() }), ...problems(400) },
      },
    },
    async ({ query }, reply) => {
      reply.headers(VERSION_HEADERS).header('cache-control', 'no-store');
      const isVerbose = query.verbose !== undefined && query.verbose !== '' && query.verbose !== 'false';
      if (isVerbose) return { version: VERSION_HEADERS['x-influxdb-version'] };
      // There is no body to give the length of, neither here nor for HEAD.
      reply.code(204).serializer(() => '');
      return null;
    },
  );

  const healthBody = z.object({
    name: z.string(),
    message: z.string(),
    status: z.enum(['pass', 'fail']),
    checks: z.array(z.never()),
    version: z.string(),
    commit: z.string(),
  });
  api.get(
    '/health',
    {
      config: { access: 'public' },
      schema: {
        tags: ['influx'],
        summary: 'Whether samples can be written, as InfluxDB says it',
        querystring: z.looseObject({}),
        response: { 200: healthBody, 503: healthBody, ...problems(400) },
      },
    },
    async (_request, reply) => {
      const { running } = ingest.status;
      reply.code(running ? 200 : 503).header('cache-control', 'no-store');
      return {
        name: 'varve',
        message: running ? 'ready for queries and writes' : 'the part that stores samples is not up',
        status: running ? ('pass' as const) : ('fail' as const),
        checks: [],
        version,
        commit: '',
      };
    },
  );
}

/** Errors of an instance's routes are told as InfluxDB tells them. */
function speak(instance: { setErrorHandler: Api['setErrorHandler'] }, dialect: Dialect): void {
  instance.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = errorOf(error, dialect);
    if (status >= 500) request.log.error({ err: error, request: request.id, url: request.url }, 'request failed');
    return reply
      .code(status)
      .headers({ ...VERSION_HEADERS, ...headers })
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(body);
  });
}

function wrongPrecision(given: string, known: readonly string[]): Problem {
  return new Problem(400, `invalid precision ${JSON.stringify(given)} (use ${known.join(', ')})`);
}
