import { crc32 } from 'node:zlib';
import type { Instant } from '../../domain/time.ts';

/**
 * How readings lie in a segment, one behind the other: length of the payload (32 bits, little endian), checksum (32 bits), payload. The
 * checksum is the CRC-32 of the payload begun with the record's sequence number, so that neither zeros after a loss of power nor a record
 * in the wrong place pass for a good one. The payload is the head as JSON, a line feed, and the line that is sent.
 */
const FRAME = 8;
/** Longer lines are refused; a length beyond it in a file is damage. */
export const LONGEST_LINE = 256 * 1024;
const LONGEST_PAYLOAD = LONGEST_LINE + 4_096;

/** Where a watched file was when a reading was taken from it. */
export interface FilePosition {
  /** Device and inode, which a renamed file keeps. */
  readonly file: string;
  /** Bytes that are done with. */
  readonly offset: number;
}

/** What the agent must know again after it was killed, kept with each reading so that both reach the disk together. */
export interface RecordHead {
  /** The stamp of the reading. */
  readonly at: Instant;
  /** The newest stamp that the agent gave itself, for this reading or one before it. */
  readonly stamp: Instant | null;
  readonly position: FilePosition | null;
}

export interface NewRecord {
  readonly head: RecordHead;
  /** Without a line feed. */
  readonly line: string;
}

export interface SpoolRecord extends NewRecord {
  readonly sequence: number;
}

const checksum = (payload: Uint8Array, sequence: number): number => crc32(payload, sequence >>> 0);

/** The bytes of records that follow each other from `sequence` on. */
export function encodeRecords(records: readonly NewRecord[], sequence: number): Buffer {
  const parts = records.flatMap(({ head, line }, index) => {
    const payload = Buffer.from(`${JSON.stringify(head)}\n${line}`);
    const frame = Buffer.alloc(FRAME);
    frame.writeUInt32LE(payload.length, 0);
    frame.writeUInt32LE(checksum(payload, sequence + index), 4);
    return [frame, payload];
  });
  return Buffer.concat(parts);
}

/** A record that was found whole, and where the next one begins. */
export interface Found {
  readonly payload: Buffer;
  readonly end: number;
}

/** `'more'`: the bytes end inside a record that may be whole. `undefined`: what stands here is no record with this number. */
export function findRecord(bytes: Buffer, start: number, sequence: number): Found | 'more' | undefined {
  if (start + FRAME > bytes.length) return 'more';
  const length = bytes.readUInt32LE(start);
  if (length === 0 || length > LONGEST_PAYLOAD) return undefined;
  const end = start + FRAME + length;
  if (end > bytes.length) return 'more';
  const payload = bytes.subarray(start + FRAME, end);
  return bytes.readUInt32LE(start + 4) === checksum(payload, sequence) ? { payload, end } : undefined;
}

export function decodeRecord(payload: Buffer, sequence: number): SpoolRecord {
  const split = payload.indexOf(10);
  const head = JSON.parse(payload.toString('utf8', 0, split)) as RecordHead;
  return { sequence, head, line: payload.toString('utf8', split + 1) };
}
