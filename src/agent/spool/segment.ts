import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeRecord, findRecord, type SpoolRecord } from './record.ts';

/** A file of the spool: the records from `first` on, one behind the other. */
export interface Segment {
  readonly first: number;
  readonly path: string;
}

const NAME = /^segment-(\d{16})\.log$/;

export const segmentOf = (folder: string, first: number): Segment => ({
  first,
  path: join(folder, `segment-${String(first).padStart(16, '0')}.log`),
});

export const listSegments = (folder: string): Segment[] =>
  readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map((digits) => segmentOf(folder, Number(digits)))
    .sort((a, b) => a.first - b.first);

/** Makes the names in a folder durable: a new file is otherwise not found after a loss of power. */
export function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes to the end of one segment. */
export class SegmentWriter implements Disposable {
  readonly segment: Segment;
  readonly #file: number;
  #length: number;

  /** Begins behind the first `length` bytes; what stands after them was never whole and is cut off. */
  constructor(segment: Segment, length: number) {
    this.segment = segment;
    this.#file = openSync(segment.path, length === 0 ? 'w' : 'r+');
    this.#length = length;
    ftruncateSync(this.#file, length);
    fdatasyncSync(this.#file);
  }

  get length(): number {
    return this.#length;
  }

  /** Returns when the bytes are on the disk. When it throws, the file is as before, or cannot be used any more. */
  append(bytes: Uint8Array): void {
    try {
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#length + written);
      }
      fdatasyncSync(this.#file);
      this.#length += bytes.length;
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

const CHUNK = 256 * 1024;

/** Reads a segment from some place on, record by record. */
export class SegmentReader implements Disposable {
  readonly segment: Segment;
  readonly #file: number;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  /** Where in the file the bytes end. */
  #read = 0;
  #sequence: number;

  constructor(segment: Segment) {
    this.segment = segment;
    this.#file = openSync(segment.path, 'r');
    this.#sequence = segment.first;
  }

  /** The number of the record that `next` returns. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Bytes of the file before that record. */
  get offset(): number {
    return this.#read - this.#bytes.length + this.#start;
  }

  /** The next record; undefined where the whole ones end. Later calls see what was appended meanwhile. */
  next(): SpoolRecord | undefined {
    const payload = this.#nextPayload();
    return payload && decodeRecord(payload, this.#sequence - 1);
  }

  /** Passes over records before `sequence`; false when they end earlier. */
  skipTo(sequence: number): boolean {
    while (this.#sequence < sequence) if (!this.#nextPayload()) return false;
    return true;
  }

  #nextPayload(): Buffer | undefined {
    for (;;) {
      const found = findRecord(this.#bytes, this.#start, this.#sequence);
      if (found === undefined) {
        // What was torn when it was read may have been cut off and written anew since.
        this.#read = this.offset;
        this.#bytes = Buffer.alloc(0);
        this.#start = 0;
        return undefined;
      }
      if (found !== 'more') {
        this.#start = found.end;
        this.#sequence++;
        return found.payload;
      }
      const chunk = Buffer.alloc(CHUNK);
      const got = readSync(this.#file, chunk, 0, CHUNK, this.#read);
      if (got === 0) {
        this.#read = this.offset;
        this.#bytes = Buffer.alloc(0);
        this.#start = 0;
        return undefined;
      }
      this.#read += got;
      this.#bytes = Buffer.concat([this.#bytes.subarray(this.#start), chunk.subarray(0, got)]);
      this.#start = 0;
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

/** The whole records of a segment: how many bytes they take, the number after the last, and the last itself. */
export function scanSegment(segment: Segment): { length: number; next: number; last: SpoolRecord | undefined } {
  using reader = new SegmentReader(segment);
  let last: SpoolRecord | undefined;
  for (let record = reader.next(); record; record = reader.next()) last = record;
  return { length: reader.offset, next: reader.sequence, last };
}
