import type { Readable } from 'node:stream';
import type { ReadingOptions } from '../sources/push/reading.ts';
import type { Report } from '../sources/push/report.ts';
import type { Org } from '../store/catalog.ts';
import type { StoreLocation } from '../store/open.ts';

/** How a body is packed. */
export const ENCODINGS = ['identity', 'gzip', 'deflate', 'zstd'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A body of samples as it arrives. */
export interface IncomingBody {
  /** To whom its samples belong. */
  readonly org: Org;
  readonly options: ReadingOptions;
  readonly encoding: Encoding;
  /** Bytes that were announced; undefined when nobody knows. */
  readonly length: number | undefined;
  readonly stream: Readable;
}

/** Why a body was not taken as a whole; what was stored before stays. */
export type IngestFailure =
  | { readonly kind: 'unreadable' | 'too-large'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly reason: 'busy' | 'full' | 'read-only' | 'unreachable' | 'starting' }
  | { readonly kind: 'broken' }
  /** The sender went away, or was too slow. */
  | { readonly kind: 'cut'; readonly message: string };

export interface IngestOutcome {
  readonly report: Report;
  readonly failure: IngestFailure | null;
}

/** Takes bodies of samples and makes them durable. */
export interface Ingest {
  /** Undefined when there is no room for another body now: nothing of it was read. Otherwise resolves when all that could be stored is durable. */
  take(body: IncomingBody): Promise<IngestOutcome> | undefined;
  readonly status: { readonly running: boolean; readonly restarts: number; readonly lastError: string | null };
}

/** What the ingest thread starts with. */
export interface IngestInput {
  readonly store: StoreLocation;
  /** Series that pushed samples may make in each org. */
  readonly mostSeries: number;
}

/** What the thread is told. A small body comes whole with its beginning. */
export type IngestOrder =
  | {
      readonly kind: 'begin';
      readonly id: number;
      readonly org: Org;
      readonly options: ReadingOptions;
      readonly encoding: Encoding;
      readonly bytes: Uint8Array;
      readonly isWhole: boolean;
    }
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array; readonly isWhole: boolean }
  | { readonly kind: 'cut'; readonly id: number }
  | { readonly kind: 'settings'; readonly mostSeries: number }
  | { readonly kind: 'stop' };

/** What the thread tells. */
export type IngestNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  /** So many bytes of a body were read: as many more may be sent. */
  | { readonly kind: 'read'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly id: number; readonly outcome: IngestOutcome }
  | { readonly kind: 'trouble'; readonly message: string };

/** Bytes of one body that wait between the threads at most. */
export const CREDIT = 512 * 1024;
