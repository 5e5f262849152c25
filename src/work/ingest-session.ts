import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { BodyProblem } from '../sources/push/parser.ts';
import { type BodyReading, BodyTooLarge } from '../sources/push/reading.ts';
import { StoreUnavailable } from '../store/engine.ts';
import type { Encoding, IngestFailure, IngestOutcome } from './ingest.ts';

const CHUNK = { chunkSize: 64 * 1024 };
const UNPACKERS: Readonly<Record<Exclude<Encoding, 'identity'>, () => Transform>> = {
  gzip: () => createGunzip(CHUNK),
  deflate: () => createInflate(CHUNK),
  zstd: () => createZstdDecompress(CHUNK),
};
const CUT = 'the body was cut off';

/** One body inside the thread: takes its bytes as they come, unpacks and reads them at the pace of the store. */
export class IngestSession {
  readonly #reading: BodyReading;
  readonly #encoding: Encoding;
  readonly #onRead: (bytes: number) => void;
  #waiting: Uint8Array[] = [];
  #isWhole = false;
  #isCut = false;
  #wake: (() => void) | undefined;

  /** `onRead` hears of bytes that were taken out of the queue. */
  constructor(reading: BodyReading, encoding: Encoding, onRead: (bytes: number) => void) {
    this.#reading = reading;
    this.#encoding = encoding;
    this.#onRead = onRead;
  }

  give(bytes: Uint8Array, isWhole: boolean): void {
    this.#waiting.push(bytes);
    this.#isWhole = isWhole;
    this.#wake?.();
  }

  /** No more will come, and the body is not whole: what was not landed yet is forgotten. */
  cut(): void {
    this.#isCut = true;
    this.#wake?.();
  }

  /** Reads the body to its end; `onTrouble` hears of what nobody expected. Never rejects. */
  async run(onTrouble: (message: string) => void): Promise<IngestOutcome> {
    const failure = await this.#read().catch(async (error: unknown) => {
      const failure = failureOf(error);
      if (failure.kind === 'broken') onTrouble((error as Error).stack ?? String(error));
      // The lines before the place that cannot be read are good.
      if (failure.kind === 'unreadable' || failure.kind === 'too-large') return this.#keepGood(failure);
      return failure;
    });
    return { report: this.#reading.report(), failure };
  }

  async #keepGood(failure: IngestFailure): Promise<IngestFailure> {
    try {
      await this.#reading.flush();
      return failure;
    } catch (error) {
      return failureOf(error);
    }
  }

  async #read(): Promise<null> {
    const packed = this.#bytes();
    if (this.#encoding === 'identity') for await (const bytes of packed) await this.#reading.write(bytes);
    else {
      const unpacker = UNPACKERS[this.#encoding]();
      // Errors come out of the loop below too.
      pipeline(Readable.from(packed), unpacker, () => {});
      for await (const bytes of unpacker) await this.#reading.write(bytes as Uint8Array);
    }
    await this.#reading.end();
    return null;
  }

  async *#bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#isCut) throw new BodyCut(CUT);
      const bytes = this.#waiting.shift();
      if (bytes) {
        yield bytes;
        this.#onRead(bytes.length);
      } else if (this.#isWhole) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

class BodyCut extends Error {}

function failureOf(error: unknown): IngestFailure {
  if (error instanceof BodyTooLarge) return { kind: 'too-large', message: error.message };
  if (error instanceof BodyProblem) return { kind: 'unreadable', message: error.message };
  if (error instanceof StoreUnavailable) return { kind: 'unavailable', reason: error.reason };
  if (error instanceof BodyCut) return { kind: 'cut', message: error.message };
  // Errors of zlib: nodejs.org/api/zlib.html#error-codes
  if (/^Z_|^ZSTD_/.test(String((error as { code?: string }).code))) {
    return { kind: 'unreadable', message: `the body cannot be unpacked: ${(error as Error).message}` };
  }
  return { kind: 'broken' };
}
