import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { WINDOW_NAMES } from '../domain/windows.ts';
import { feedBoundsOfAll, readFeedOfAll } from '../store/feed.ts';
import { countFailing, oldestBehind } from '../store/publications.ts';
import type { IncomingBody, Ingest, IngestOutcome } from '../work/ingest.ts';
import type { HttpContext } from './context.ts';

/** Seconds; a window of an hour is built in a few milliseconds, a year after a backfill takes longest. */
const BUILDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const EVENTS = 1_000;

/** What is measured of pushed samples and of published windows, over all orgs: it tells how the installation fares, and names nothing of theirs. */
export class SampleMetrics {
  readonly #registry: Registry;
  readonly #samples: Counter<'outcome'>;
  readonly #values: Counter;
  readonly #bodies: Counter<'outcome'>;

  constructor(registry: Registry, context: Pick<HttpContext, 'engine' | 'clock'>) {
    this.#registry = registry;
    this.#samples = this.#counter('varve_pushed_samples_total', 'Pushed samples by what became of them', ['outcome']);
    this.#values = this.#counter('varve_pushed_values_total', 'Numbers in the samples that were stored', []);
    this.#bodies = this.#counter('varve_pushed_bodies_total', 'Pushed bodies by what became of them', ['outcome']);
    for (const outcome of ['accepted', 'rejected']) this.#samples.labels(outcome).inc(0);
    for (const outcome of ['stored', 'refused', 'unreadable', 'too-large', 'unavailable', 'broken', 'cut'])
      this.#bodies.labels(outcome).inc(0);
    this.#observeBuilds(context);
    this.#observeState(context);
  }

  /** The same ingest, with what goes through it counted. */
  counting(ingest: Ingest): Ingest {
    const take = (body: IncomingBody): Promise<IngestOutcome> | undefined => {
      const taken = ingest.take(body);
      if (taken === undefined) {
        this.#bodies.labels('refused').inc();
        return undefined;
      }
      return taken.then((outcome) => {
        const { accepted, values, rejected, rejectedOmitted } = outcome.report;
        this.#samples.labels('accepted').inc(accepted);
        this.#samples.labels('rejected').inc(rejected.length + rejectedOmitted);
        this.#values.inc(values);
        this.#bodies.labels(outcome.failure?.kind ?? 'stored').inc();
        return outcome;
      });
    };
    return {
      take,
      get status() {
        return ingest.status;
      },
    };
  }

  /** The feed has every build of every process; what is new in it is read when somebody reads the metrics, and costs nothing before. */
  #observeBuilds({ engine }: Pick<HttpContext, 'engine'>): void {
    let cursor: number | undefined;
    let reading: Promise<void> | undefined;
    const duration = new Histogram({
      name: 'varve_window_build_seconds',
      help: 'Time to build and publish a window, by window and outcome',
      labelNames: ['window', 'outcome'],
      buckets: BUILDS,
      registers: [this.#registry],
      collect: () => {
        // Two readers at once must not count an event twice.
        reading ??= readOn().finally(() => {
          reading = undefined;
        });
        return reading;
      },
    });
    const readOn = async (): Promise<void> => {
      cursor ??= (await feedBoundsOfAll(engine.reader)).last;
      for (;;) {
        const events = await readFeedOfAll(engine.reader, cursor, EVENTS);
        for (const { event } of events) {
          const { seq, kind, payload } = event;
          cursor = seq;
          if (kind === 'window') duration.labels(payload.window, payload.state).observe(payload.duration / 1_000);
        }
        if (events.length < EVENTS) return;
      }
    };
    void readOn().catch(() => {});
  }

  #observeState({ engine, clock }: Pick<HttpContext, 'engine' | 'clock'>): void {
    const failing: Gauge = new Gauge({
      name: 'varve_windows_failing',
      help: 'Published windows whose last build failed; the version before is served',
      registers: [this.#registry],
      collect: async () => failing.set(await countFailing(engine.reader)),
    });
    const behind = new Gauge({
      name: 'varve_window_behind_seconds',
      help: 'Age of the oldest published version that newer samples wait for, by window; 0 when none waits',
      labelNames: ['window'],
      registers: [this.#registry],
      collect: async () => {
        const oldest = await oldestBehind(engine.reader);
        const now = clock.now();
        for (const window of WINDOW_NAMES) {
          const since = oldest.get(window);
          behind.labels(window).set(since === undefined ? 0 : Math.max(0, now - since) / 1_000);
        }
      },
    });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }
}
