import type { Clock, Instant } from '../domain/time.ts';
import { type Delivery, deliver, type Target } from './delivery.ts';
import type { RejectedLine } from './rejected-log.ts';
import type { SpoolRecord } from './spool/record.ts';
import type { Spool } from './spool/spool.ts';
import type { SpoolCursor } from './spool/spool-cursor.ts';
import { backoff, Waiting } from './waiting.ts';

/** How sending goes. */
export type Sending =
  | { readonly state: 'idle' | 'sending' }
  /** `refused`: the server answers but takes nothing; somebody has to mend something. */
  | { readonly state: 'failing' | 'refused'; readonly reason: string; readonly failures: number };

export interface UploaderOptions {
  readonly spool: Spool;
  readonly target: Target;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onSending: (sending: Sending) => void;
  readonly onSent: (readings: number, at: Instant) => void;
  readonly onRejected: (lines: readonly RejectedLine[]) => void;
  /** Before records may be deleted. */
  readonly beforeAcknowledge?: () => void;
  readonly onTrouble: (words: string) => void;
}

const MOST_RECORDS = 5_000;
const MOST_BYTES = 1024 * 1024;
/** A report names so many rejected lines. */
const NAMED_LINES = 100;
/** So many lone lines refused in a row are the request's fault, not theirs. */
const MOST_LONE_REFUSALS = 10;

/**
 * Sends what waits in the spool: in order, one batch at a time, again and again until the server has it. Lines that it rejects are recorded
 * and passed over. Whatever else fails is tried again, after a growing wait.
 */
export class Uploader {
  readonly #options: UploaderOptions;
  readonly #waiting: Waiting;
  readonly #stop = new AbortController();
  readonly #cursor: SpoolCursor;
  /** Read and not sent yet. */
  #pending: SpoolRecord[] = [];
  /** Falls when requests are too large or too slow, and grows again. */
  #records = MOST_RECORDS;
  #failures = 0;
  #loneRefusals = 0;
  #isFlushing = false;
  #running: Promise<void> | undefined;

  constructor(options: UploaderOptions) {
    this.#options = options;
    this.#waiting = new Waiting(options.clock);
    this.#cursor = options.spool.unsent();
  }

  /** Begins; the promise rejects when the spool cannot be read any more. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** There are new readings. While sending fails they wait with the others. */
  wake(): void {
    if (this.#failures === 0) this.#waiting.wake();
  }

  /** Tries once more to send what waits, and ends when that is done or failed, or after `patience` milliseconds. */
  async flush(patience: number): Promise<void> {
    this.#isFlushing = true;
    this.#waiting.wake();
    const cancel = this.#options.clock.after(patience, () => this.#stop.abort());
    await this.#running;
    cancel();
    this.#cursor[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const done = await this.#step();
        if (this.#isFlushing && done !== 'more') return;
        if (done !== 'more') await this.#waiting.wait(done);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  /** Sends one batch; returns how long to wait before the next, null until woken. */
  async #step(): Promise<'more' | number | null> {
    const { spool, target, clock, onSending } = this.#options;
    // A full spool may have dropped some of them meanwhile.
    this.#pending = this.#pending.filter(({ sequence }) => sequence > spool.acknowledged.sequence);
    if (this.#pending.length === 0) this.#pending = this.#cursor.read({ records: this.#records, bytes: MOST_BYTES });
    const batch = this.#pending.slice(0, this.#records);
    if (batch.length === 0) {
      if (this.#failures === 0) onSending({ state: 'idle' });
      return null;
    }
    const body = `${batch.map(({ line }) => line).join('\n')}\n`;
    const delivery = await deliver(target, body, 'application/x-ndjson', clock, this.#stop.signal);
    return this.#conclude(batch, delivery);
  }

  #conclude(batch: readonly SpoolRecord[], delivery: Delivery): 'more' | number | null {
    switch (delivery.kind) {
      case 'report': {
        this.#loneRefusals = 0;
        const { rejected, rejectedOmitted } = delivery.report;
        if (rejectedOmitted > 0 && batch.length > NAMED_LINES) {
          // Sent again in parts whose reports name every line; what was stored is stored once.
          this.#records = NAMED_LINES;
          return 'more';
        }
        const lines = rejected.flatMap(({ line, reason }) => this.#rejectedLine(batch[line - 1], reason));
        this.#pass(batch, lines);
        if (lines.length === 0) this.#records = Math.min(this.#records * 2, MOST_RECORDS);
        return 'more';
      }
      case 'unusable':
        if (batch.length > 1) {
          this.#records = Math.ceil(batch.length / 2);
          return 'more';
        }
        if (this.#loneRefusals++ >= MOST_LONE_REFUSALS) return this.#fail('refused', delivery.reason, null);
        this.#pass(batch, this.#rejectedLine(batch[0], delivery.reason));
        return 'more';
      case 'refused':
        return this.#fail('refused', delivery.reason, null);
      case 'later':
        if (delivery.timedOut) this.#records = Math.max(1, Math.ceil(batch.length / 2));
        return this.#fail('failing', delivery.reason, delivery.retryAfter);
    }
  }

  #rejectedLine(record: SpoolRecord | undefined, reason: string): RejectedLine[] {
    return record ? [{ at: this.#options.clock.now(), line: record.line, reason }] : [];
  }

  /** The server has these, or will never take them. */
  #pass(batch: readonly SpoolRecord[], rejected: readonly RejectedLine[]): void {
    const { spool, clock, onRejected, onSent, onSending, beforeAcknowledge, onTrouble } = this.#options;
    this.#failures = 0;
    if (rejected.length > 0) onRejected(rejected);
    beforeAcknowledge?.();
    try {
      spool.acknowledge(batch.at(-1)?.sequence ?? 0);
    } catch (error) {
      onTrouble(`could not store what was sent: ${(error as Error).message}; after a restart some is sent again`);
    }
    onSent(batch.length - rejected.length, clock.now());
    onSending({ state: 'sending' });
  }

  #fail(state: 'failing' | 'refused', reason: string, retryAfter: number | null): number {
    this.#failures++;
    this.#options.onSending({ state, reason, failures: this.#failures });
    return Math.max(backoff(this.#failures, this.#options.random), retryAfter ?? 0);
  }
}
