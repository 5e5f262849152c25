import type { Report } from '../sources/push/report.ts';
import {
  CREDIT,
  type IncomingBody,
  type Ingest,
  type IngestInput,
  type IngestNews,
  type IngestOrder,
  type IngestOutcome,
} from './ingest.ts';
import { ThreadKeeper, type ThreadStatus } from './thread-keeper.ts';

/** Bytes of all admitted bodies that may be in memory at once. */
const BUDGET = 32 * 1024 * 1024;
/** What a body holds at most on both sides: what waits here and between the threads, and what is being read. */
const MOST_OF_ONE = 1024 * 1024;
/** A small body, its request and its report are worth so many bytes in any case. */
const LEAST_OF_ONE = 8 * 1024;
/** A sender that is silent for so long has gone. */
const SILENCE = 30_000;
const PIECE = 64 * 1024;
const NOTHING: Report = { accepted: 0, values: 0, rejected: [], rejectedOmitted: 0, ignoredFields: 0, newSeries: 0 };

interface Running {
  readonly finish: (outcome: IngestOutcome) => void;
  readonly addCredit: (bytes: number) => void;
}

/**
 * Hands bodies over to the ingest thread, a piece at a time and no faster than it reads: a body holds about a megabyte, however long it is, and beyond a
 * budget of bytes none is admitted. The thread is kept alive; bodies under way when it dies can be sent again.
 */
export class IngestSupervisor implements Ingest, AsyncDisposable {
  readonly #thread: ThreadKeeper<IngestOrder, IngestNews>;
  readonly #bodies = new Map<number, Running>();
  readonly #budget: number;
  /** What a thread starts with, the next one too if this one dies. */
  readonly #input: { -readonly [Name in keyof IngestInput]: IngestInput[Name] };
  #admitted = 0;
  #nextId = 1;

  constructor(input: IngestInput, onError: (message: string) => void, budget = BUDGET) {
    this.#budget = budget;
    this.#input = { ...input };
    this.#thread = new ThreadKeeper<IngestOrder, IngestNews>({
      entry: new URL('./ingest-thread.ts', import.meta.url),
      data: this.#input,
      limits: { maxYoungGenerationSizeMb: 32 },
      stopOrder: { kind: 'stop' },
      onNews: (news) => this.#hear(news, onError),
      onEnd: (message) => {
        onError(message);
        for (const body of this.#bodies.values()) body.finish(unavailable);
      },
    });
  }

  get status(): ThreadStatus {
    return this.#thread.status;
  }

  /** Bytes of admitted bodies. */
  get admitted(): number {
    return this.#admitted;
  }

  ready(): Promise<void> {
    return this.#thread.ready();
  }

  set mostSeries(mostSeries: number) {
    this.#input.mostSeries = mostSeries;
    this.#thread.order({ kind: 'settings', mostSeries });
  }

  take(body: IncomingBody): Promise<IngestOutcome> | undefined {
    const held = Math.min(Math.max(body.length ?? MOST_OF_ONE, LEAST_OF_ONE), MOST_OF_ONE);
    if (this.#admitted + held > this.#budget) return undefined;
    if (!this.#thread.status.running) return Promise.resolve(unavailable);
    this.#admitted += held;
    return this.#handOver(body).finally(() => {
      this.#admitted -= held;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const body of this.#bodies.values()) body.finish(unavailable);
    await this.#thread[Symbol.asyncDispose]();
  }

  #hear(news: IngestNews, onError: (message: string) => void): void {
    if (news.kind === 'read') this.#bodies.get(news.id)?.addCredit(news.bytes);
    else if (news.kind === 'done') this.#bodies.get(news.id)?.finish(news.outcome);
    else if (news.kind === 'trouble') onError(news.message);
  }

  #handOver({ org, options, encoding, stream }: IncomingBody): Promise<IngestOutcome> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      let credit = CREDIT;
      let hasBegun = false;
      let gathered: Uint8Array[] = [];
      let size = 0;
      let silence: NodeJS.Timeout | undefined;

      const send = (isWhole: boolean): void => {
        const bytes = joined(gathered, size);
        gathered = [];
        size = 0;
        credit -= bytes.length;
        const piece = { id, bytes, isWhole };
        this.#thread.order(
          hasBegun ? { kind: 'bytes', ...piece } : { kind: 'begin', ...piece, org, options, encoding },
          [bytes.buffer as ArrayBuffer],
        );
        hasBegun = true;
        if (credit <= 0) {
          stream.pause();
          clearTimeout(silence);
        }
      };
      const listen = (): void => {
        clearTimeout(silence);
        silence = setTimeout(() => cut(`nothing came for ${SILENCE / 1_000} s`), SILENCE);
      };
      const onData = (bytes: Uint8Array): void => {
        gathered.push(bytes);
        size += bytes.length;
        silence?.refresh();
        if (size >= PIECE) send(false);
      };
      const onEnd = (): void => {
        clearTimeout(silence);
        stream.off('close', onClose).off('error', onClose);
        send(true);
      };
      const cut = (message: string): void => {
        if (hasBegun) this.#thread.order({ kind: 'cut', id });
        else finish({ report: NOTHING, failure: { kind: 'cut', message } });
      };
      const onClose = (): void => cut('the sender went away');
      const finish = (outcome: IngestOutcome): void => {
        this.#bodies.delete(id);
        clearTimeout(silence);
        stream.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
        resolve(outcome);
      };
      this.#bodies.set(id, {
        finish,
        addCredit: (bytes) => {
          credit += bytes;
          if (credit <= 0 || !stream.isPaused()) return;
          listen();
          stream.resume();
        },
      });
      stream.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
      listen();
    });
  }
}

const unavailable: IngestOutcome = { report: NOTHING, failure: { kind: 'unavailable', reason: 'starting' } };

/** A buffer of its own: pieces of a socket share theirs, and a shared one cannot be handed over. */
function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let start = 0;
  for (const piece of pieces) {
    whole.set(piece, start);
    start += piece.length;
  }
  return whole;
}
