import type { Instant } from '../domain/time.ts';
import { channelKey, type Reading, readingLine } from './reading.ts';
import type { Parsed } from './reading-parser.ts';
import type { RejectedLine } from './rejected-log.ts';
import { type FilePosition, LONGEST_LINE, type NewRecord } from './spool/record.ts';
import type { Spool } from './spool/spool.ts';
import type { Stamps } from './stamps.ts';

/** Readings that came together. */
export interface Collected extends Parsed {
  /** In the watched file, behind them. */
  readonly position?: FilePosition;
}

/** Gives readings their stamps and puts them into the spool. */
export class Collector {
  readonly #spool: Spool;
  readonly #stamps: Stamps;
  readonly #now: () => Instant;
  readonly #onRejected: (lines: readonly RejectedLine[]) => void;
  #position: FilePosition | null;

  constructor(spool: Spool, stamps: Stamps, now: () => Instant, onRejected: (lines: readonly RejectedLine[]) => void) {
    this.#spool = spool;
    this.#stamps = stamps;
    this.#now = now;
    this.#onRejected = onRejected;
    this.#position = spool.newest?.position ?? null;
  }

  /** Where the watched file was when the newest reading was taken. */
  get position(): FilePosition | null {
    return this.#position;
  }

  /** Returns how many readings are on the disk now. Throws `SpoolRefused` when none of them could be kept. */
  collect(parts: readonly Collected[]): number {
    const records: NewRecord[] = [];
    const refused: RejectedLine[] = [];
    let position = this.#position;
    for (const part of parts) {
      position = part.position ?? position;
      refused.push(...part.refused.map((refusal) => ({ ...refusal, at: this.#now() })));
      for (const { reading, at } of this.#stamped(part.readings)) {
        const line = readingLine(reading, at);
        if (Buffer.byteLength(line) > LONGEST_LINE)
          refused.push({ at: this.#now(), line: line.slice(0, 1_000), reason: 'the reading is too long' });
        else records.push({ head: { at, stamp: this.#stamps.last, position }, line });
      }
    }
    this.#spool.append(records);
    this.#position = position;
    // After the spool took the rest: what it refuses comes again, and would be told twice.
    if (refused.length > 0) this.#onRejected(refused);
    return records.length;
  }

  /** Readings that came together without stamps share one, as long as none of them would overwrite another. */
  #stamped(readings: readonly Reading[]): { reading: Reading; at: Instant }[] {
    const seen = new Set<string>();
    let shared: Instant | undefined;
    return readings.map((reading) => {
      if (reading.at !== null) return { reading, at: reading.at };
      const key = channelKey(reading);
      if (seen.has(key)) {
        seen.clear();
        shared = undefined;
      }
      seen.add(key);
      shared ??= this.#stamps.next();
      return { reading, at: shared };
    });
  }
}
