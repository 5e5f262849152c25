import type { Clock } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { type EventStream, findEventStream } from '../store/event-log.ts';
import { type ProjectionState, readProjections } from '../store/projections.ts';
import type { ActivitySettings } from './activity-config.ts';
import type { LogEvent } from './event.ts';
import type { IdentityDirectory } from './identities/directory.ts';
import { openDirectory } from './identities/open.ts';
import { landEvents, type Outcome } from './land-events.ts';
import { LandingQueue } from './landing-queue.ts';
import { LiveLogs } from './live-logs.ts';
import type { Projection } from './projection.ts';
import { projectionsOf } from './projections.ts';

/** What is known of a log before it is read: its end, and how far what is derived from it has come. */
export interface LogHead {
  readonly stream: EventStream | undefined;
  readonly projections: readonly ProjectionState[];
}

const MOST_HEADS = 10_000;

/** The activity log of a running server: landing, live streams, names, and what answers need to know first. */
export class Activity implements Disposable {
  readonly settings: ActivitySettings;
  readonly projections: readonly Projection[];
  readonly identities: IdentityDirectory;
  readonly live: LiveLogs;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #queues = new Map<number, LandingQueue>();
  readonly #heads = new Map<string, { revision: number; head: LogHead }>();

  constructor(engine: Engine, settings: ActivitySettings, clock: Clock, onError: (error: unknown) => void) {
    this.settings = settings;
    this.projections = projectionsOf(settings);
    this.identities = openDirectory(engine, settings.identities, clock);
    const { longestReplay } = settings;
    this.live = new LiveLogs({ engine, clock, identities: this.identities, longestReplay, onError });
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Lands events, together with those that others send at the same time. Throws `QueueFull` or `StoreUnavailable`. */
  land(org: Org, events: readonly LogEvent[]): Promise<readonly Outcome[]> {
    const queue =
      this.#queues.get(org.number) ??
      new LandingQueue((batch) => landEvents(this.#engine, org, batch, this.projections, this.#clock));
    this.#queues.set(org.number, queue);
    return queue.land(events);
  }

  /** From memory while nobody committed anything since. */
  async head(org: Org, name: string): Promise<LogHead> {
    const key = `${org.number} ${name}`;
    const revision = this.#engine.revision();
    const known = this.#heads.get(key);
    if (known?.revision === revision) return known.head;
    const stream = await findEventStream(this.#engine.reader, org.number, name);
    const head = { stream, projections: stream ? await readProjections(this.#engine.reader, stream.number) : [] };
    // A commit in between leaves an older revision beside it, and the next call looks again.
    if (stream) {
      if (this.#heads.size >= MOST_HEADS) this.#heads.clear();
      this.#heads.set(key, { revision, head });
    }
    return head;
  }

  [Symbol.dispose](): void {
    this.live.close();
    this.identities[Symbol.dispose]();
  }
}
