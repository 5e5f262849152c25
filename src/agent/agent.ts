import { join } from 'node:path';
import type { Blobs } from '../blobs/blobs.ts';
import { type Clock, formatDuration, type Instant, SECOND, toIso } from '../domain/time.ts';
import { type Collected, Collector } from './collector.ts';
import type { Target } from './delivery.ts';
import { LastResort } from './fallback/last-resort.ts';
import { type RejectedLine, RejectedLog } from './rejected-log.ts';
import type { AgentSource, Intake } from './sources/source.ts';
import { Spool, type SpoolLoss, SpoolRefused } from './spool/spool.ts';
import { writeStateFile } from './spool/state-file.ts';
import { type ClockStep, Stamps } from './stamps.ts';
import { type AgentStatus, readStatus, STATUS_FILE } from './status.ts';
import { type Sending, Uploader } from './uploader.ts';

export interface AgentSettings {
  readonly target: Target;
  readonly device: string;
  readonly source: AgentSource;
  /** Folder of the spool. */
  readonly spool: string;
  /** Bytes. */
  readonly spoolLimit: number;
  readonly fallback: {
    readonly blobs: Blobs;
    /** Milliseconds of failing before the first upload. */
    readonly after: number;
    readonly orgId: string;
  } | null;
}

/** What the agent has from the world. */
export interface AgentPeers {
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly random: () => number;
  /** One line for each change of state. */
  readonly log: (words: string) => void;
}

/** The status file is written at changes of state, and at most so often otherwise: small devices wear their cards out by writing. */
const STATUS_EVERY = 60 * SECOND;
/** How long a stopping agent tries to send what waits. */
const FLUSH_PATIENCE = 10 * SECOND;

/** Collects readings into the spool and sends them from there. Made running; `stop` ends it in good order. */
export class Agent {
  readonly #settings: AgentSettings;
  readonly #peers: AgentPeers;
  readonly #spool: Spool;
  readonly #stamps: Stamps;
  readonly #collector: Collector;
  readonly #uploader: Uploader;
  readonly #rejectedLog: RejectedLog;
  readonly #lastResort: LastResort | undefined;
  readonly #stop = new AbortController();
  readonly #source: Promise<void>;
  readonly #ended: Promise<void>;
  #status: AgentStatus;
  #statusAt = Number.NEGATIVE_INFINITY;
  #hasSent = false;
  #spoolProblem: string | null = null;
  #sourceProblem: string | null = null;

  /** Throws when the spool folder cannot be used: `SpoolInUse`, or an error of the file system. */
  constructor(settings: AgentSettings, peers: AgentPeers) {
    this.#settings = settings;
    this.#peers = peers;
    const { clock, random } = peers;
    this.#spool = new Spool(settings.spool, { limit: settings.spoolLimit, onLoss: (loss) => this.#tellLoss(loss) });
    this.#rejectedLog = new RejectedLog(settings.spool);
    this.#status = this.#firstStatus(readStatus(settings.spool));
    const time = { now: () => clock.now(), monotonic: peers.monotonic };
    this.#stamps = new Stamps(time, this.#spool.newest?.stamp ?? null, (step) => this.#tellStep(step));
    this.#collector = new Collector(
      this.#spool,
      this.#stamps,
      () => clock.now(),
      (lines) => this.#reject(lines),
    );
    if (settings.fallback) {
      this.#lastResort = new LastResort(settings.fallback, this.#spool, clock, peers.log, {
        outage: () => this.#outage(),
        newestStamp: () => this.#stamps.last,
        onUpload: (at, error) => this.#tellFallback(at, error),
      });
    }
    const remember = this.#lastResort;
    this.#uploader = new Uploader({
      spool: this.#spool,
      target: settings.target,
      clock,
      random,
      onSending: (sending) => this.#tellSending(sending),
      onSent: (readings, at) => this.#change({ sent: this.#status.sent + readings, lastSentAt: at }),
      onRejected: (lines) => this.#reject(lines),
      ...(remember ? { beforeAcknowledge: () => remember.remember() } : {}),
      onTrouble: peers.log,
    });
    const waiting = this.#spool.waiting;
    peers.log(
      `${settings.source.words} → ${this.#status.server} as ${settings.device}; spool ${settings.spool}${waiting > 0 ? `, ${readings(waiting)} wait in it` : ''}`,
    );
    const broken = this.#uploader.start().then(() => this.#source);
    this.#lastResort?.start();
    this.#source = settings.source.run(this.#intake(), this.#stop.signal);
    this.#ended = Promise.race([this.#source, broken]);
    this.#ended.catch(() => {});
    this.#save();
  }

  /** Resolves when the source has no more readings, such as standard input at its end. Rejects when something broke. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  get status(): AgentStatus {
    return this.#status;
  }

  /** Takes no more readings, tries for ten seconds to send those that wait, and leaves the rest in the spool. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#source.catch(() => {});
    await this.#uploader.flush(FLUSH_PATIENCE).catch(() => {});
    await this.#lastResort?.stop();
    const { waiting } = this.#spool;
    this.#change({ stoppedAt: this.#peers.clock.now() });
    this.#save();
    this.#spool[Symbol.dispose]();
    this.#peers.log(waiting === 0 ? 'stopped; everything is sent' : `stopped; ${readings(waiting)} wait in the spool`);
  }

  #intake(): Intake {
    const { clock, monotonic, log } = this.#peers;
    return {
      clock,
      monotonic,
      take: (parts) => this.#take(parts),
      tell: (problem) => {
        if (problem !== this.#sourceProblem) log(problem ?? 'readings come again');
        this.#sourceProblem = problem;
        this.#tellProblem();
      },
      note: log,
      position: this.#collector.position,
    };
  }

  #take(parts: readonly Collected[]): boolean {
    try {
      const taken = this.#collector.collect(parts);
      if (this.#spoolProblem !== null) this.#peers.log('the spool takes readings again');
      this.#spoolProblem = null;
      if (taken > 0) this.#change({ lastReadingAt: this.#peers.clock.now() });
      this.#tellProblem();
      this.#uploader.wake();
      return true;
    } catch (error) {
      if (!(error instanceof SpoolRefused)) throw error;
      if (this.#spoolProblem !== error.message) this.#peers.log(`LOST or waiting: ${error.message}`);
      this.#spoolProblem = error.message;
      this.#tellProblem();
      return false;
    }
  }

  #tellProblem(): void {
    const lastProblem = this.#spoolProblem ?? this.#sourceProblem;
    const isNews = lastProblem !== this.#status.lastProblem;
    this.#change({ lastProblem, stampsAhead: this.#stamps.ahead });
    if (isNews) this.#save();
  }

  #reject(lines: readonly RejectedLine[]): void {
    const [first] = lines;
    if (!first) return;
    this.#peers.log(
      `${lines.length} rejected and passed over, the first: ${first.reason}; see ${this.#rejectedLog.path}`,
    );
    this.#change({ rejected: this.#status.rejected + lines.length });
    try {
      this.#rejectedLog.record(lines);
    } catch (error) {
      this.#peers.log(`the log of rejected lines took nothing: ${(error as Error).message}`);
    }
  }

  #tellSending(sending: Sending): void {
    const { log, clock } = this.#peers;
    const before = this.#status;
    if (sending.state === 'failing' || sending.state === 'refused') {
      const { state, reason } = sending;
      const isNews = before.sending !== state || before.lastError !== reason;
      const wait = readings(this.#spool.waiting);
      if (isNews) log(`${reason}; ${state === 'refused' ? 'this needs a mend, ' : ''}${wait} wait and are tried again`);
      this.#change({ sending: state, lastError: reason, failingSince: before.failingSince ?? clock.now() });
      if (isNews) this.#save();
      return;
    }
    if (before.failingSince !== null && sending.state === 'sending') {
      const length = formatDuration(Math.max(clock.now() - before.failingSince, 0));
      log(`sending again after ${length}; ${readings(this.#spool.waiting)} still wait`);
      this.#lastResort?.end();
    }
    if (sending.state === 'sending' && !this.#hasSent) log('the server takes readings');
    this.#hasSent ||= sending.state === 'sending';
    const isChange = before.failingSince !== null && sending.state === 'sending';
    if (sending.state === 'idle' && before.failingSince !== null) return;
    this.#change({ sending: sending.state, ...(isChange ? { failingSince: null } : {}) });
    if (isChange) this.#save();
  }

  #tellStep(step: ClockStep): void {
    const by = formatDuration(Math.abs(step.by));
    const how = step.by < 0 ? 'back; stamps count on until it has caught up' : 'forward';
    this.#peers.log(`the clock was set ${by} ${how}`);
    this.#change({ clockSteps: this.#status.clockSteps + 1, lastClockStep: step });
    this.#save();
  }

  #tellLoss(loss: SpoolLoss): void {
    const { log } = this.#peers;
    if (loss.kind === 'torn') log(`cut off ${loss.bytes} bytes of an unfinished write at the end of the spool`);
    else if (loss.kind === 'dropped')
      log(`LOST ${readings(loss.records)}: the spool is full (--spool-limit), the oldest were dropped unsent`);
    else log(`LOST ${readings(loss.records)}: the disk under the spool gave back other bytes than it took`);
  }

  #tellFallback(at: Instant | null, error: string | null): void {
    const { fallback } = this.#status;
    if (!fallback) return;
    this.#change({ fallback: { ...fallback, lastUploadAt: at ?? fallback.lastUploadAt, lastError: error } });
    this.#save();
  }

  #outage(): { since: Instant; reason: string } | null {
    const { failingSince, lastError } = this.#status;
    return failingSince === null ? null : { since: failingSince, reason: lastError ?? 'unknown' };
  }

  #firstStatus(before: AgentStatus | undefined): AgentStatus {
    const { target, device, source, fallback } = this.#settings;
    const now = this.#peers.clock.now();
    const isWaiting = this.#spool.waiting > 0;
    return {
      startedAt: now,
      stoppedAt: null,
      server: `${target.server.protocol}//${target.server.host}${target.server.pathname.replace(/\/$/, '')}`,
      device,
      source: source.words,
      lastReadingAt: before?.lastReadingAt ?? null,
      lastProblem: null,
      sending: 'idle',
      // An outage does not begin anew because the agent was started anew.
      failingSince: isWaiting ? (before?.failingSince ?? null) : null,
      lastError: before?.lastError ?? null,
      lastSentAt: before?.lastSentAt ?? null,
      sent: before?.sent ?? 0,
      rejected: before?.rejected ?? 0,
      clockSteps: before?.clockSteps ?? 0,
      lastClockStep: before?.lastClockStep ?? null,
      stampsAhead: 0,
      fallback: fallback
        ? { location: fallback.blobs.location, lastUploadAt: before?.fallback?.lastUploadAt ?? null, lastError: null }
        : null,
    };
  }

  #change(change: Partial<AgentStatus>): void {
    this.#status = { ...this.#status, ...change };
    if (this.#peers.clock.now() - this.#statusAt >= STATUS_EVERY) this.#save();
  }

  #save(): void {
    this.#statusAt = this.#peers.clock.now();
    try {
      writeStateFile(join(this.#settings.spool, STATUS_FILE), this.#status);
    } catch {
      // A full disk is told where readings are lost by it; the status only follows.
    }
  }
}

const readings = (count: number): string => `${count} reading${count === 1 ? '' : 's'}`;
export const logLine = (words: string, now: Instant): string => `${toIso(now).replace(/\.\d+Z$/, 'Z')} ${words}`;
