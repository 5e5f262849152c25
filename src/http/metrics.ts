import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { Gauge, Histogram, Registry } from 'prom-client';
import type { LiveFeeds } from '../live/live-feeds.ts';
import { countJobs, JOB_STATES } from '../store/jobs.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { HttpContext } from './context.ts';
import { SampleMetrics } from './sample-metrics.ts';

/** Seconds; most answers take less than a millisecond. */
const LATENCIES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What the app measures of itself. Everything but latencies is asked for only when somebody reads the metrics. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #loop = monitorEventLoopDelay({ resolution: 20 });
  #observeRequest = (_route: string, _method: string, _status: string, _seconds: number): void => {};

  readonly #samples: SampleMetrics;

  constructor(context: HttpContext, live: LiveFeeds, cache: AnswerCache) {
    const { engine, org, history, clock } = context;
    this.#samples = new SampleMetrics(this.#registry, context);
    this.#gauge('varve_answer_cache_hits', 'Answers served from memory since the start', () => cache.statistics.hits);
    this.#gauge('varve_answer_cache_misses', 'Answers computed since the start', () => cache.statistics.misses);
    this.#gauge('varve_answer_cache_bytes', 'Bytes of serialised answers in memory', () => cache.statistics.bytes);
    this.#gauge('varve_blocks_bytes', 'Bytes of rollups and samples in memory', () => history.memory.blocks.bytes);
    this.#gauge('varve_streams', 'Open streams of the live feed', () => live.size);
    this.#gauge('varve_log_streams', 'Open streams of activity logs', () => context.activity.live.size);
    this.#gauge('varve_store_bytes', 'Bytes of the store on disk', () => engine.size());
    this.#gauge('varve_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
    this.#labelled('varve_jobs', 'Jobs by state', 'state', async () => {
      const counts = await countJobs(engine.reader, org.number);
      return JOB_STATES.map((state) => [state, counts.get(state) ?? 0]);
    });
    this.#labelled('varve_source_watermark_age_seconds', 'Age of the newest complete sample', 'source', async () => {
      const now = clock.now();
      return (await history.sources(org.number)).flatMap(({ source, ledger }): [string, number][] =>
        ledger.watermark === null ? [] : [[source.name, Math.max(0, now - ledger.watermark) / 1000]],
      );
    });
    this.#labelled(
      'varve_event_loop_delay_seconds',
      'Event-loop delay since the last reading',
      'quantile',
      async () => {
        const delays = [0.5, 0.99, 1].map((quantile): [string, number] => [
          String(quantile),
          this.#loop.percentile(quantile * 100) / 1e9,
        ]);
        this.#loop.reset();
        return delays;
      },
    );
  }

  /** Measures every request of the app by its route. */
  observe(app: FastifyInstance): void {
    const latency = new Histogram({
      name: 'varve_http_request_seconds',
      help: 'Time from the head of the request to the end of the response',
      labelNames: ['route', 'method', 'status'],
      buckets: LATENCIES,
      registers: [this.#registry],
    });
    // Looking a child up by its labels costs more than observing.
    const children = new Map<string, ReturnType<typeof latency.labels>>();
    const childOf = (route: string, method: string, status: string): ReturnType<typeof latency.labels> => {
      const key = `${method} ${status} ${route}`;
      const child = children.get(key) ?? latency.labels(route, method, status);
      children.set(key, child);
      return child;
    };
    this.#observeRequest = (route, method, status, seconds) => childOf(route, method, status).observe(seconds);
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      // A stream is open for hours; its length is no latency.
      if (!['/api/feed', '/api/logs/stream', '/api/samples/refresh/:id'].includes(route)) {
        childOf(route, request.method, String(reply.raw.statusCode)).observe(reply.elapsedTime / 1000);
      }
      done();
    });
    this.#loop.enable();
    app.addHook('onClose', async () => {
      this.#loop.disable();
    });
  }

  /** Measures a request for a published window that was answered without the framework. */
  observeLatest(method: string, status: string, seconds: number): void {
    this.#observeRequest('/api/samples/latest', method, status, seconds);
  }

  /** What counts what is pushed. */
  get samples(): SampleMetrics {
    return this.#samples;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      async collect() {
        gauge.set(await read());
      },
    });
  }

  #labelled(
    name: string,
    help: string,
    label: string,
    read: () => Promise<readonly (readonly [string, number])[]>,
  ): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      async collect() {
        const values = await read();
        gauge.reset();
        for (const [value, amount] of values) gauge.labels(value).set(amount);
      },
    });
  }
}
