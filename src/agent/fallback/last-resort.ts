import type { Blobs } from '../../blobs/blobs.ts';
import { type Clock, type Instant, SECOND } from '../../domain/time.ts';
import { seriesMetric } from '../../sources/push/channels.ts';
import { readLine } from '../reading.ts';
import type { SpoolRecord } from '../spool/record.ts';
import type { Spool } from '../spool/spool.ts';
import type { SpoolCursor } from '../spool/spool-cursor.ts';
import { Waiting } from '../waiting.ts';
import { Fallback } from './fallback.ts';
import { LocalHistory, type LocalSample } from './local-history.ts';
import type { Outage } from './local-window.ts';

export interface LastResortSettings {
  readonly blobs: Blobs;
  readonly after: number;
  readonly orgId: string;
}

export interface LastResortPeers {
  /** The outage that is going on, if there is one. */
  outage(): Outage | null;
  newestStamp(): Instant | null;
  /** `at`: when windows were uploaded; null when that failed. */
  onUpload(at: Instant | null, error: string | null): void;
}

const LOOK_EVERY = 15 * SECOND;
const RECORDS = 2_000;

/**
 * Follows the spool into the local history, and uploads windows from it while the server has not been reached for so long. Trouble with it
 * never stops readings from being collected and sent.
 */
export class LastResort {
  readonly #settings: LastResortSettings;
  readonly #clock: Clock;
  readonly #log: (words: string) => void;
  readonly #peers: LastResortPeers;
  readonly #history: LocalHistory;
  readonly #cursor: SpoolCursor;
  readonly #fallback: Fallback;
  readonly #waiting: Waiting;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** Read from the spool and not in the history yet. */
  #unkept: readonly SpoolRecord[] = [];
  #problem: 'history' | 'upload' | null = null;
  #isUploading = false;

  constructor(
    settings: LastResortSettings,
    spool: Spool,
    clock: Clock,
    log: (words: string) => void,
    peers: LastResortPeers,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#peers = peers;
    this.#history = new LocalHistory(spool.folder, settings.orgId);
    // A spool that was made anew counts from 1 again.
    const through = Math.min(this.#history.through, spool.next - 1);
    this.#cursor = spool.allAfter(through);
    this.#fallback = new Fallback(this.#history, settings.blobs);
    this.#waiting = new Waiting(clock);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** The server takes readings again. */
  end(): void {
    if (this.#isUploading) this.#log('windows are the server’s again; those in the last resort stay as they are');
    this.#isUploading = false;
    this.#fallback.reset();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#waiting.wake();
    await this.#running;
    this.remember();
    this.#cursor[Symbol.dispose]();
    this.#history[Symbol.dispose]();
    this.#settings.blobs.close();
  }

  /** Takes what is new in the spool into the local history. */
  remember(): void {
    try {
      for (;;) {
        if (this.#unkept.length === 0) {
          this.#unkept = this.#cursor.read({ records: RECORDS, bytes: Number.POSITIVE_INFINITY });
        }
        const last = this.#unkept.at(-1);
        if (!last) return;
        this.#history.take(
          this.#unkept.flatMap(({ line }) => samplesOf(line)),
          last.sequence,
        );
        this.#unkept = [];
      }
    } catch (error) {
      this.#tell('history', `the local history took nothing: ${(error as Error).message}`);
    }
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#step();
      await this.#waiting.wait(LOOK_EVERY);
    }
  }

  async #step(): Promise<void> {
    this.remember();
    const outage = this.#peers.outage();
    const now = Math.max(this.#clock.now(), this.#peers.newestStamp() ?? 0);
    if (!outage || now - outage.since < this.#settings.after) return;
    const { location } = this.#settings.blobs;
    try {
      const files = await this.#fallback.upload(outage, now, this.#stop.signal);
      if (files === 0) return;
      if (!this.#isUploading) this.#log(`windows are uploaded to ${location} until the server is back`);
      this.#isUploading = true;
      this.#problem = null;
      this.#peers.onUpload(now, null);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#tell('upload', `windows could not be uploaded to ${location}: ${(error as Error).message}`);
      this.#peers.onUpload(null, (error as Error).message);
    }
  }

  /** The words of one trouble differ from try to try: they name the file of the moment. */
  #tell(problem: 'history' | 'upload', words: string): void {
    if (problem !== this.#problem) this.#log(words);
    this.#problem = problem;
  }
}

function samplesOf(line: string): LocalSample[] {
  const { at, metric, labels, fields } = readLine(line);
  return Object.entries(fields).map(([field, value]) => ({
    channelMetric: metric,
    labels,
    field,
    metric: seriesMetric(metric, field),
    at,
    value,
  }));
}
