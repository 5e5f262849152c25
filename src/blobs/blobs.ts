import type { Instant } from '../domain/time.ts';

export interface BlobEntry {
  /** Path below the location, with `/` between its parts. */
  readonly key: string;
  readonly bytes: number;
  /** Changes when the body changes. A folder makes it from the time of change and the size. */
  readonly etag: string;
  readonly modifiedAt: Instant;
}

export interface ListRequest {
  /** Only keys that begin with this text. */
  readonly prefix?: string;
  /** Only keys after this one, in the order of `compareKeys`; the key need not exist. */
  readonly startAfter?: string;
  /** Only keys before this one. */
  readonly before?: string;
  /** At most this many entries a page, 1 to 1000. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

export interface ReadRequest {
  /** A longer body is refused as `too-large` without being held in memory. */
  readonly maximumBytes: number;
  readonly signal?: AbortSignal;
}

/** What a server that hands out the object says of it; a folder has no place for that. */
export interface BlobHeaders {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly cacheControl?: string;
}

export interface WriteOptions {
  readonly headers?: BlobHeaders;
  readonly signal?: AbortSignal;
}

/** Objects with keys, in a folder or an S3 bucket. All methods throw `BlobError`, or the signal's reason when it was aborted. */
export interface Blobs {
  /** For people: `s3://bucket/prefix`, `/data/snapshots`. Holds no secret. */
  readonly location: string;
  /** Entries page by page in the order of `compareKeys`. Pages are never empty. Reads no further than the consumer asks. */
  list(request?: ListRequest): AsyncIterable<readonly BlobEntry[]>;
  read(key: string, request: ReadRequest): Promise<Uint8Array>;
  /** Writes a whole object at once: readers see the old body or the new one, never a part. */
  write(key: string, body: Uint8Array, options?: WriteOptions): Promise<void>;
  /** Puts an object in the place of another, at once: readers see the old body or the new one. Headers stay as they were written. */
  move(from: string, to: string, signal?: AbortSignal): Promise<void>;
  /** Forgets an object; one that is not there is no error. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /** Throws when the location cannot be listed, or for `write` when nothing can be written to it. Leaves nothing behind. */
  check(access: 'read' | 'write', signal?: AbortSignal): Promise<void>;
  /** Closes kept connections. */
  close(): void;
}

export const MAXIMUM_PAGE = 1_000;

/** The order of listings: by the bytes of UTF-8, as S3 does it. It differs from `<` on strings only beyond U+D7FF. */
export function compareKeys(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all of the basic plane, though their units are below U+E000. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
