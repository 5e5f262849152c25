import { type Clock, floorTo, HOUR, type Instant } from '../domain/time.ts';
import { close } from '../history/close.ts';
import { freeze } from '../history/freeze.ts';
import { land } from '../history/land.ts';
import { HOST_GRACE, HOST_INTERVAL, type HostSample, hostLanding } from '../sources/host.ts';
import { type Org, recordAttempt, type Source } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { readClosed, readLedger } from '../store/knowledge.ts';

/** Lands this machine's measurements and closes its hours. */
export class HostWork {
  readonly #engine: Engine;
  readonly #org: Org;
  readonly #source: Source;
  readonly #host: string;
  readonly #clock: Clock;

  constructor(engine: Engine, org: Org, source: Source, host: string, clock: Clock) {
    this.#engine = engine;
    this.#org = org;
    this.#source = source;
    this.#host = host;
    this.#clock = clock;
  }

  /** `at` is when the measurement was made: a busy writer must not move it into the next ten seconds. */
  async land(sample: HostSample, at: Instant): Promise<void> {
    const now = this.#clock.now();
    const landing = hostLanding(this.#source, this.#host, sample, at);
    const attempt = {
      lastAttemptAt: now,
      lastSuccessAt: now,
      lastError: null,
      failingSince: null,
      nextAttemptAt: floorTo(now, HOST_INTERVAL) + HOST_INTERVAL,
    };
    const also = ({ database }: Parameters<NonNullable<typeof landing.also>>[0]): Promise<void> =>
      recordAttempt(database, this.#org.number, this.#source.number, attempt);
    await land(this.#engine, this.#org, { ...landing, also }, this.#clock);
    await freeze(this.#engine, this.#clock);
  }

  /** Closes every hour that is over for longer than the grace. */
  async closeHours(): Promise<void> {
    const { reader } = this.#engine;
    const closed = await readClosed(reader, this.#source.number);
    const [first] = await readLedger(reader, this.#source.number);
    const from = closed.at(-1)?.to ?? (first && floorTo(first.from, HOUR));
    const to = floorTo(this.#clock.now() - HOST_GRACE, HOUR);
    if (from !== undefined && from < to) await close(this.#engine, this.#org, this.#source, { from, to }, this.#clock);
  }
}
