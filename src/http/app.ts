import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { Authenticator } from '../accounts/authenticator.ts';
import { LiveFeeds } from '../live/live-feeds.ts';
import { guardRoutes } from './access.ts';
import { AnswerCache } from './answer-cache.ts';
import { Answers } from './answers.ts';
import type { Api, Services } from './api.ts';
import { limitBodies } from './body-deadline.ts';
import type { HttpContext } from './context.ts';
import { findCallerByCredential, findLocalCaller, localReader, recalledReader } from './credentials.ts';
import { finishResponses } from './finish-response.ts';
import { LatestAnswers } from './latest-answers.ts';
import { Metrics } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { servePage } from './page.ts';
import { Problem } from './problem.ts';
import { handleProblems, RouteMethods, refuseConnection, sendProblem } from './problem-handlers.ts';
import { PublishedResponses } from './published-responses.ts';
import { Refreshes } from './refreshes.ts';
import { checkRequests, hostCheck } from './request-checks.ts';
import { accountRoutes } from './routes/accounts/all.ts';
import { activityMetricsRoutes } from './routes/activity-metrics.ts';
import { coverageRoutes } from './routes/coverage.ts';
import { deviceRoutes } from './routes/devices.ts';
import { feedRoutes } from './routes/feed.ts';
import { healthRoutes } from './routes/health.ts';
import { influxRoutes } from './routes/influx.ts';
import { jobRoutes } from './routes/jobs.ts';
import { latestRoutes } from './routes/latest.ts';
import { logStreamRoutes } from './routes/log-stream.ts';
import { logRoutes } from './routes/logs.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { pushRoutes } from './routes/push.ts';
import { queryRoutes } from './routes/query.ts';
import { rangeRoutes } from './routes/range.ts';
import { refreshRoutes } from './routes/refresh.ts';
import { seriesRoutes } from './routes/series.ts';
import { sourceRoutes } from './routes/sources.ts';
import { userResolutionRoutes } from './routes/users-resolve.ts';
import { viewerTrendRoutes } from './routes/viewer-trend.ts';
import { windowRoutes } from './routes/windows.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { compileValidator } from './validation.ts';
import { watchCaller } from './watch-caller.ts';

const CACHE_LIMIT = 64 * 1024 * 1024;
const BODY_LIMIT = 64 * 1024;
const REQUEST_LIMIT = 30_000;
/** 50 MB of samples over a line of a megabit take seven minutes. */
const UPLOAD_LIMIT = 600_000;
/** Longer than the minute after which most proxies give a connection up, so that it is they who do. */
const KEEP_ALIVE = 72_000;

/** The whole HTTP side. Listen with it, or inject requests; `close` ends the live streams and waits for running requests. */
export function createApp(given: HttpContext): FastifyInstance {
  const { engine, org, history, clock, logger } = given;
  const published = new PublishedResponses(
    given.windows.served,
    hostCheck(given.allowedHosts),
    (request) => readerOf(request),
    (...observed) => metrics.observeLatest(...observed),
  );
  const app = fastify({
    loggerInstance: logger,
    serverFactory: (handle) => {
      const limits = { headersTimeout: REQUEST_LIMIT, requestTimeout: UPLOAD_LIMIT, keepAliveTimeout: KEEP_ALIVE };
      return createServer(limits, (request, response) => {
        if (!published.answer(request, response)) handle(request, response);
      });
    },
    // Requests are counted and timed by the metrics; only failures are worth a line.
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own for each request would be made thousands of times for each line that it writes.
    childLoggerFactory: (own) => own,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    trustProxy: given.accounts ? [...given.accounts.trustedProxies] : false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply.headers(SECURITY_HEADERS)),
  });
  const cache = new AnswerCache(CACHE_LIMIT);
  const live = new LiveFeeds(engine, clock, (error) => logger.error({ err: error }, 'the live feed could not be read'));
  const authenticator = new Authenticator(engine, org, clock, (error) =>
    logger.warn({ err: error }, 'the use of a credential was not written down'),
  );
  const findCaller = given.accounts
    ? findCallerByCredential(authenticator, given.accounts.box, clock)
    : findLocalCaller(authenticator);
  const readerOf = given.accounts ? recalledReader(authenticator) : localReader(org);
  const metrics = new Metrics(given, live, cache);
  const context = { ...given, ingest: metrics.samples.counting(given.ingest) };
  const services: Services = {
    context,
    answers: new Answers(history, clock, cache),
    cache,
    live,
    accounts: { engine, clock, home: org },
    // Whoever is let in without being asked stays.
    watch: given.accounts ? watchCaller(findCaller, clock) : () => () => {},
    latest: new LatestAnswers(context, cache),
    published,
    refreshes: new Refreshes(context, context.windows.served),
  };

  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  handleProblems(app);
  checkRequests(app, context.allowedHosts);
  limitBodies(app, REQUEST_LIMIT);
  finishResponses(app);
  metrics.observe(app);
  describeApi(app);
  app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { after }) => new Problem(429, `too many requests; try again in ${after}`),
  });
  const methods = new RouteMethods(app);
  servePage(app, context.webRoot, methods);
  guardRoutes(app, findCaller);
  // In a plugin of their own, so that the document and the limits are in place before the first route.
  app.register((instance, _options, done) => {
    const api = instance as unknown as Api;
    viewerTrendRoutes(api, services);
    seriesRoutes(api, services);
    rangeRoutes(api, services);
    coverageRoutes(api, services);
    queryRoutes(api, services);
    sourceRoutes(api, services);
    jobRoutes(api, services);
    pushRoutes(api, services);
    influxRoutes(api, services);
    deviceRoutes(api, services);
    latestRoutes(api, services);
    refreshRoutes(api, services);
    windowRoutes(api, services);
    feedRoutes(api, services);
    logRoutes(api, services);
    logStreamRoutes(api, services);
    activityMetricsRoutes(api, services);
    userResolutionRoutes(api, services);
    healthRoutes(api, services);
    accountRoutes(api, services);
    metricsRoutes(api, metrics);
    openApiRoutes(api);
    done();
  });
  return app;
}
