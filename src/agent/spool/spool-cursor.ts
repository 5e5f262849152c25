import type { SpoolRecord } from './record.ts';
import { type Segment, SegmentReader } from './segment.ts';

/** What a cursor sees of a spool. */
export interface Readable {
  readonly segments: readonly Segment[];
  /** The number that the next record gets. */
  readonly next: number;
  /** Records up to this one are gone, or may go at any time. */
  readonly from: number;
}

/** At most so many records and, beyond the first, so many bytes of lines. */
export interface ReadLimits {
  readonly records: number;
  readonly bytes: number;
}

/** Reads the records of a spool in order, each once. */
export class SpoolCursor implements Disposable {
  readonly #spool: Readable;
  readonly #onDamage: (upTo: number, records: number) => void;
  /** The number of the record that was handed out last. */
  #at: number;
  #reader: SegmentReader | undefined;
  #held: SpoolRecord | undefined;

  /** Begins behind `after`. `onDamage` is told of records that cannot be read and are passed over. */
  constructor(spool: Readable, after: number, onDamage: (upTo: number, records: number) => void) {
    this.#spool = spool;
    this.#at = after;
    this.#onDamage = onDamage;
  }

  read(limits: ReadLimits): SpoolRecord[] {
    const found: SpoolRecord[] = [];
    let bytes = 0;
    while (found.length < limits.records) {
      const record = this.#peek();
      if (!record) {
        // Records already found are handed out first, so that the damage is told when its turn comes.
        if (found.length > 0 || !this.#passDamage()) break;
        continue;
      }
      bytes += record.line.length;
      if (found.length > 0 && bytes > limits.bytes) break;
      found.push(record);
      this.#held = undefined;
      this.#at = record.sequence;
    }
    return found;
  }

  #peek(): SpoolRecord | undefined {
    this.#at = Math.max(this.#at, this.#spool.from);
    const wanted = this.#at + 1;
    if (this.#held?.sequence === wanted) return this.#held;
    this.#held = undefined;
    if (wanted >= this.#spool.next) return undefined;
    const segment = this.#spool.segments.findLast(({ first }) => first <= wanted);
    if (!segment) return undefined;
    if (this.#reader?.segment !== segment || this.#reader.sequence > wanted) {
      this.#close();
      this.#reader = new SegmentReader(segment);
    }
    if (this.#reader.skipTo(wanted)) this.#held = this.#reader.next();
    return this.#held;
  }

  /** Goes on with the next segment when the rest of this one cannot be read; false when there is simply no more. */
  #passDamage(): boolean {
    const wanted = this.#at + 1;
    if (wanted >= this.#spool.next) return false;
    const next = this.#spool.segments.find(({ first }) => first > wanted)?.first ?? this.#spool.next;
    this.#at = next - 1;
    this.#onDamage(this.#at, next - wanted);
    return true;
  }

  /** Lets go of a segment that is deleted: as long as its file is open, the disk does not have its room back. */
  release(segment: Segment): void {
    if (this.#reader?.segment === segment) this.#close();
  }

  #close(): void {
    this.#reader?.[Symbol.dispose]();
    this.#reader = undefined;
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}
