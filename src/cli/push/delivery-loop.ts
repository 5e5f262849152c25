import { deliver, type Target } from '../../agent/delivery.ts';
import { pause } from '../../agent/sources/source.ts';
import { backoff } from '../../agent/waiting.ts';
import { type Clock, MINUTE, SECOND } from '../../domain/time.ts';
import type { PushReport } from '../../http/samples-contract.ts';
import type { Format } from '../../sources/push/formats.ts';
import { Failure } from '../failure.ts';
import { say } from '../output.ts';
import { oneLine } from '../text/printable.ts';

/** How long a server that was there, or that says when to come again, is asked in vain. */
const PATIENCE = 15 * MINUTE;
/** How long one is asked that never answered: its address is wrong more often than not. */
const FIRST_PATIENCE = 5 * SECOND;

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv',
  line: 'text/plain',
  ndjson: 'application/x-ndjson',
  // Lists are sent as lines.
  json: 'application/x-ndjson',
};

/** Sends bodies one after the other, each until the server has taken it. */
export class DeliveryLoop {
  readonly #target: Target;
  readonly #type: string;
  readonly #clock: Clock;
  #hasAnswered = false;

  constructor(target: Target, format: Format, clock: Clock) {
    this.#target = target;
    this.#type = TYPES[format];
    this.#clock = clock;
  }

  /** Throws `Failure` when the server will not take it, or the reason of `signal`. */
  async send(body: string, signal: AbortSignal): Promise<PushReport> {
    const { server } = this.#target;
    let waited = 0;
    for (let failures = 1; ; failures++) {
      const delivery = await deliver(this.#target, body, this.#type, this.#clock, signal);
      switch (delivery.kind) {
        case 'report':
          this.#hasAnswered = true;
          return delivery.report;
        case 'refused':
        case 'unusable':
          throw new Failure(`${server.origin} takes none of it: ${delivery.reason}`);
        case 'later': {
          this.#hasAnswered ||= delivery.status !== null;
          const wait = Math.max(backoff(failures, Math.random), delivery.retryAfter ?? 0);
          waited += wait;
          if (waited > (this.#hasAnswered ? PATIENCE : FIRST_PATIENCE))
            throw new Failure(`${delivery.reason} (${server.origin})`);
          if (this.#hasAnswered) say(`${oneLine(delivery.reason)}; again in ${Math.ceil(wait / SECOND)} s`);
          await pause(this.#clock, wait, signal);
          signal.throwIfAborted();
        }
      }
    }
  }
}
