import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRecords, type NewRecord, type RecordHead } from './record.ts';
import { listSegments, type Segment, SegmentWriter, scanSegment, segmentOf, syncFolder } from './segment.ts';
import { type Readable, SpoolCursor } from './spool-cursor.ts';
import { type SpoolLock, takeSpoolLock } from './spool-lock.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

/** What is kept of a spool beside its segments, in `acknowledged.json`. */
export interface Acknowledged {
  /** The newest record that need not be sent any more. */
  readonly sequence: number;
  /** Records that were dropped unsent because the spool was full. */
  readonly dropped: number;
  /** Records that could not be read any more. */
  readonly damaged: number;
  /** What the agent had to know when this was written. */
  readonly newest: { readonly sequence: number; readonly head: RecordHead } | null;
}

export const ACKNOWLEDGED_FILE = 'acknowledged.json';

/** Told when readings are lost, which must never pass in silence. */
export type SpoolLoss =
  /** `dropped`: the spool was full. `damaged`: the disk gave other bytes than it took. */
  | { readonly kind: 'dropped' | 'damaged'; readonly records: number }
  /** What stood behind the last whole record when the spool was opened: a write that was cut short, and never counted as taken. */
  | { readonly kind: 'torn'; readonly bytes: number };

export interface SpoolOptions {
  /** The segments take at most so many bytes. */
  readonly limit: number;
  readonly onLoss: (loss: SpoolLoss) => void;
}

const LARGEST_SEGMENT = 4 * 1024 * 1024;
const SMALLEST_SEGMENT = 16 * 1024;

/** A disk that is full or broken took none of the records; the ones before are untouched. */
export class SpoolRefused extends Error {
  override readonly name = 'SpoolRefused';
}

/**
 * Readings on disk until the server has them: numbered without gaps, in segments that are appended to and deleted whole. A reading counts as
 * taken when it was written and flushed (`fdatasync`); `kill -9` and a loss of power lose none of those. What was being written then is cut
 * off. The position up to which the server has everything is replaced atomically. One process at a time has a spool.
 */
export class Spool implements Disposable {
  readonly folder: string;
  readonly #limit: number;
  readonly #segmentBytes: number;
  readonly #onLoss: (loss: SpoolLoss) => void;
  readonly #lock: SpoolLock;
  #acknowledged: Acknowledged;
  #segments: Segment[];
  /** Bytes of all segments but the one being written. */
  #closedBytes = 0;
  #writer: SegmentWriter | undefined;
  #next: number;
  #newest: Acknowledged['newest'];
  readonly #cursors = new Set<SpoolCursor>();

  /** Opens or makes the folder. Throws `SpoolInUse` when another process has it. */
  constructor(folder: string, { limit, onLoss }: SpoolOptions) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#limit = limit;
    this.#segmentBytes = Math.min(LARGEST_SEGMENT, Math.max(SMALLEST_SEGMENT, Math.floor(limit / 16)));
    this.#onLoss = onLoss;
    this.#lock = takeSpoolLock(folder);
    this.#segments = listSegments(folder);
    const first = this.#segments[0]?.first ?? 1;
    const stored = readStateFile<Acknowledged>(join(folder, ACKNOWLEDGED_FILE));
    // Without the position everything that is there is sent again: the server knows what it has.
    this.#acknowledged = stored ?? { sequence: first - 1, dropped: 0, damaged: 0, newest: null };
    if (this.#acknowledged.sequence < first - 1) this.#acknowledged = { ...this.#acknowledged, sequence: first - 1 };
    this.#newest = this.#acknowledged.newest;
    this.#next = this.#acknowledged.sequence + 1;
    this.#recover();
  }

  /** Finds where the records end, cuts off what was torn, and goes on there. */
  #recover(): void {
    for (const segment of this.#segments.toReversed()) {
      const { length, next, last } = scanSegment(segment);
      const isLast = segment === this.#segments.at(-1);
      if (isLast && next >= this.#next) {
        const torn = statSync(segment.path).size - length;
        this.#next = next;
        this.#writer = new SegmentWriter(segment, length);
        if (torn > 0) this.#onLoss({ kind: 'torn', bytes: torn });
      }
      if (last && last.sequence >= (this.#newest?.sequence ?? 0)) this.#newest = last;
      // The last segment may have been begun and never written to.
      if (last) break;
    }
    const closed = this.#writer ? this.#segments.slice(0, -1) : this.#segments;
    for (const { path } of closed) this.#closedBytes += statSync(path).size;
  }

  get acknowledged(): Acknowledged {
    return this.#acknowledged;
  }

  /** The number that the next record gets. */
  get next(): number {
    return this.#next;
  }

  /** Records that the server does not have yet. */
  get waiting(): number {
    return this.#next - 1 - this.#acknowledged.sequence;
  }

  /** What was kept with the newest record; null before the first. */
  get newest(): RecordHead | null {
    return this.#newest?.head ?? null;
  }

  get bytes(): number {
    return this.#closedBytes + (this.#writer?.length ?? 0);
  }

  /** Takes all the records, or throws `SpoolRefused` and none. Returns when they are on the disk. */
  append(records: readonly NewRecord[]): void {
    const last = records.at(-1);
    if (!last) return;
    const bytes = encodeRecords(records, this.#next);
    try {
      this.#write(bytes);
    } catch {
      // What is acknowledged takes room that these need more.
      this.#closeWriter();
      this.#removeAcknowledged();
      try {
        this.#write(bytes);
      } catch (error) {
        // A file that could not be put right is left behind; its whole records are still read.
        this.#closeWriter();
        throw new SpoolRefused(`the spool ${this.folder} took no readings: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
    this.#next += records.length;
    this.#newest = { sequence: this.#next - 1, head: last.head };
  }

  #write(bytes: Uint8Array): void {
    if (this.#writer && this.#writer.length > 0 && this.#writer.length + bytes.length > this.#segmentBytes) {
      this.#closeWriter();
    }
    this.#makeRoom(bytes.length);
    this.#writer ??= this.#begin();
    this.#writer.append(bytes);
  }

  /** Deletes segments without anything to send, the newest too: its number is in the stored position then. */
  #removeAcknowledged(): void {
    try {
      this.#save({});
    } catch {
      return;
    }
    while (this.#segments.length > 0 && (this.#segments[1]?.first ?? this.#next) - 1 <= this.#acknowledged.sequence) {
      this.#removeFirst();
    }
  }

  #begin(): SegmentWriter {
    const leftover = this.#segments.find(({ first }) => first === this.#next);
    const segment = leftover ?? segmentOf(this.folder, this.#next);
    const writer = new SegmentWriter(segment, 0);
    if (!leftover) this.#segments.push(segment);
    syncFolder(this.folder);
    return writer;
  }

  #closeWriter(): void {
    if (!this.#writer) return;
    this.#closedBytes += this.#writer.length;
    this.#writer[Symbol.dispose]();
    this.#writer = undefined;
  }

  /** Drops the oldest segments until `bytes` more fit. */
  #makeRoom(bytes: number): void {
    let dropped = 0;
    while (this.bytes + bytes > this.#limit && this.#segments.length > (this.#writer ? 1 : 0)) {
      const end = this.#segments[1]?.first ?? this.#next;
      dropped += Math.max(0, end - 1 - this.#acknowledged.sequence);
      this.#save({
        sequence: Math.max(end - 1, this.#acknowledged.sequence),
        dropped: this.#acknowledged.dropped + Math.max(0, end - 1 - this.#acknowledged.sequence),
      });
      this.#removeFirst();
    }
    if (dropped > 0) this.#onLoss({ kind: 'dropped', records: dropped });
  }

  #removeFirst(): void {
    const segment = this.#segments.shift();
    if (!segment) return;
    for (const cursor of this.#cursors) cursor.release(segment);
    this.#closedBytes -= statSync(segment.path).size;
    rmSync(segment.path, { force: true });
  }

  /** The oldest records that are not acknowledged, each once. Records that cannot be read are counted as damaged and passed over. */
  unsent(): SpoolCursor {
    return this.#cursor(
      () => this.#acknowledged.sequence,
      this.#acknowledged.sequence,
      (upTo, records) => {
        this.#acknowledged = {
          ...this.#acknowledged,
          sequence: upTo,
          damaged: this.#acknowledged.damaged + records,
        };
        this.#onLoss({ kind: 'damaged', records });
      },
    );
  }

  /** All records behind `after` that are still there, acknowledged or not. */
  allAfter(after: number): SpoolCursor {
    return this.#cursor(
      () => (this.#segments[0]?.first ?? this.#next) - 1,
      after,
      () => {},
    );
  }

  #cursor(from: () => number, after: number, onDamage: (upTo: number, records: number) => void): SpoolCursor {
    const cursor = new SpoolCursor(this.#readable(from), after, onDamage);
    this.#cursors.add(cursor);
    return cursor;
  }

  #readable(from: () => number): Readable {
    const segments = (): readonly Segment[] => this.#segments;
    const next = (): number => this.#next;
    return {
      get segments() {
        return segments();
      },
      get next() {
        return next();
      },
      get from() {
        return from();
      },
    };
  }

  /**
   * The server has everything up to `sequence`; older segments that hold nothing else are deleted. Throws when the position could not be
   * stored: it holds for this process all the same, and after a restart some readings are sent again, which is harmless.
   */
  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledged.sequence) return;
    this.#acknowledged = { ...this.#acknowledged, newest: this.#newest, sequence };
    // The newest segment stays, so that numbers go on from it even if the position is lost. Deleting comes first: it makes room on a full
    // disk, and the first segment that is left bounds the position from below.
    while ((this.#segments[1]?.first ?? Number.POSITIVE_INFINITY) - 1 <= sequence) this.#removeFirst();
    this.#save({});
  }

  #save(change: Partial<Acknowledged>): void {
    const acknowledged = { ...this.#acknowledged, newest: this.#newest, ...change };
    writeStateFile(join(this.folder, ACKNOWLEDGED_FILE), acknowledged);
    this.#acknowledged = acknowledged;
  }

  [Symbol.dispose](): void {
    this.#closeWriter();
    this.#lock[Symbol.dispose]();
  }
}
