import { BlobError, type BlobProblem } from '../../blobs/blob-error.ts';
import type { BlobLocation } from '../../blobs/location.ts';
import type { ExtractorOrigin } from './load-extractor.ts';
import type { ArchiveObject, ObjectBatch } from './object-reader.ts';

/** What passes between `ThreadObjectReader` and its thread. */
export interface ThreadData {
  readonly location: BlobLocation;
  readonly extractor: ExtractorOrigin;
  readonly concurrency: number;
}

export type Request = { readonly id: number; readonly objects: readonly ArchiveObject[] } | { readonly cancel: number };

export type Answer =
  | { readonly heartbeat: true }
  | { readonly id: number; readonly batch: Omit<ObjectBatch, 'failure'> & { readonly failure: PackedFailure | null } }
  | { readonly id: number; readonly error: string };

/** Milliseconds between two signs of life of the thread. */
export const HEARTBEAT = 1_000;

/** A BlobError as plain data: errors lose their class on the way between threads. */
export interface PackedFailure {
  readonly problem: BlobProblem;
  readonly message: string;
  readonly key: string | null;
  readonly retryable: boolean;
  readonly retryAfter: number | null;
}

export const packFailure = ({ problem, message, key, retryable, retryAfter }: BlobError): PackedFailure => ({
  problem,
  message,
  key,
  retryable,
  retryAfter,
});

export const unpackFailure = ({ problem, message, ...details }: PackedFailure): BlobError =>
  new BlobError(problem, message, details);
