import { BlobError } from '../../blobs/blob-error.ts';
import type { Blobs } from '../../blobs/blobs.ts';
import type { Clock, Instant } from '../../domain/time.ts';
import { decodeSnapshot } from './decode.ts';
import { type Extractor, extract } from './extractor.ts';
import { type SampleColumns, SampleGatherer } from './sample-columns.ts';

/** An object as a listing of the archive shows it. */
export interface ArchiveObject {
  readonly key: string;
  /** The time in its key. */
  readonly at: Instant;
  readonly bytes: number;
  readonly etag: string;
}

/** What became of reading one object. `failed`: the bytes came, and cannot be used. */
export interface ObjectOutcome {
  readonly object: ArchiveObject;
  readonly state: 'read' | 'failed';
  /** Why it failed, or which rows were left out. */
  readonly detail: string | null;
  readonly rejectedRows: number;
}

/** The outcome of some objects, in the order asked for, with all their samples. */
export interface ObjectBatch {
  readonly outcomes: readonly ObjectOutcome[];
  readonly samples: SampleColumns;
  /** Why the objects without an outcome could not be fetched; null when all were. */
  readonly failure: BlobError | null;
}

export interface ObjectReader {
  /** Reads objects. Throws the signal's reason when aborted, and an Error when no object can be read, e.g. without an extractor. */
  read(objects: readonly ArchiveObject[], signal?: AbortSignal): Promise<ObjectBatch>;
  close(): Promise<void>;
}

/** Bytes of one object; with the default concurrency this bounds the memory of reading. */
const MAXIMUM_OBJECT_BYTES = 16 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 16;
/** A body of another length than was listed was cut on its way, or is still being written: worth another look. */
const LOOKS = 3;
const REASONS_NAMED = 3;

/** Reads, unpacks, parses and extracts in this thread, a bounded number of objects at a time. */
export class LocalObjectReader implements ObjectReader {
  readonly #blobs: Blobs;
  readonly #extractor: Extractor;
  readonly #clock: Clock;
  readonly #turns: Turns;

  constructor(blobs: Blobs, extractor: Extractor, clock: Clock, concurrency = DEFAULT_CONCURRENCY) {
    this.#blobs = blobs;
    this.#extractor = extractor;
    this.#clock = clock;
    this.#turns = new Turns(concurrency);
  }

  async read(objects: readonly ArchiveObject[], signal?: AbortSignal): Promise<ObjectBatch> {
    let failure: unknown;
    const read = await Promise.all(
      objects.map(async (object) => {
        await this.#turns.take();
        try {
          // What was begun is finished, so that it need not be read again; nothing more is begun.
          if (failure !== undefined || signal?.aborted) return undefined;
          return await this.#readOne(object, signal);
        } catch (error) {
          failure ??= error;
          return undefined;
        } finally {
          this.#turns.give();
        }
      }),
    );
    signal?.throwIfAborted();
    if (failure !== undefined && !(failure instanceof BlobError)) throw failure;
    const gatherer = new SampleGatherer();
    const outcomes = read.flatMap((found) => (found ? [keep(found, gatherer)] : []));
    return { outcomes, samples: gatherer.finish(), failure: failure ?? null };
  }

  /** A snapshot's points, or why it has none. Throws when the object could not be fetched. */
  async #readOne(object: ArchiveObject, signal: AbortSignal | undefined): Promise<Found> {
    const request = { maximumBytes: MAXIMUM_OBJECT_BYTES, ...(signal ? { signal } : {}) };
    for (let look = 1; ; look++) {
      let body: Uint8Array;
      try {
        body = await this.#blobs.read(object.key, request);
      } catch (error) {
        const problem = objectProblem(error);
        if (problem === undefined) throw error;
        return { object, problem };
      }
      try {
        const snapshot = decodeSnapshot(object.key, body);
        return { object, ...extract(this.#extractor, snapshot, object.at, this.#clock.now()) };
      } catch (error) {
        if (body.length !== object.bytes && look < LOOKS) continue;
        const problem = error instanceof Error ? error.message : String(error);
        const cut = body.length < object.bytes ? ` (${body.length} of ${object.bytes} bytes arrived)` : '';
        return { object, problem: problem + cut };
      }
    }
  }

  async close(): Promise<void> {
    this.#blobs.close();
  }
}

type Found = { readonly object: ArchiveObject } & ({ readonly problem: string } | ReturnType<typeof extract>);

/** Why an object as such cannot be read, or undefined when its neighbours could not be read either. */
function objectProblem(error: unknown): string | undefined {
  if (!(error instanceof BlobError) || error.key === null) return undefined;
  if (error.problem === 'not-found') return 'it was listed, but is gone';
  return error.problem === 'too-large' || error.problem === 'archived' ? error.message : undefined;
}

function keep(found: Found, gatherer: SampleGatherer): ObjectOutcome {
  const { object } = found;
  if ('problem' in found) return { object, state: 'failed', detail: found.problem, rejectedRows: 0 };
  try {
    gatherer.add(found.points, object.at);
  } catch (error) {
    return { object, state: 'failed', detail: (error as Error).message, rejectedRows: 0 };
  }
  const { rejected } = found;
  return { object, state: 'read', detail: describeRejected(rejected), rejectedRows: rejected.length };
}

function describeRejected(rejected: readonly string[]): string | null {
  if (rejected.length === 0) return null;
  const more = rejected.length > REASONS_NAMED ? ` and ${rejected.length - REASONS_NAMED} more` : '';
  return `${rejected.length} rows left out: ${rejected.slice(0, REASONS_NAMED).join('; ')}${more}`;
}

/** Lets a bounded number of tasks run, first come first served. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
