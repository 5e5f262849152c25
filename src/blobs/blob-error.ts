/**
 * What went wrong with an object or its location.
 *
 * - `not-found`: no such object, bucket or folder
 * - `forbidden`: credentials are absent, wrong, or not allowed to do this
 * - `throttled`: asked too often
 * - `unavailable`: nobody answered, or the answer was a failure of the other side
 * - `timeout`: no answer in time
 * - `cut`: the connection ended before the body did
 * - `archived`: kept in a tier from which it must be restored before it can be read
 * - `too-large`: the body is longer than allowed
 * - `read-only`: the place cannot be written to
 * - `full`: no room left
 */
export type BlobProblem =
  | 'not-found'
  | 'forbidden'
  | 'throttled'
  | 'unavailable'
  | 'timeout'
  | 'cut'
  | 'archived'
  | 'too-large'
  | 'read-only'
  | 'full';

export interface BlobErrorDetails extends ErrorOptions {
  /** The object concerned; left out when the whole location is. */
  readonly key?: string | null;
  readonly retryable?: boolean;
  /** Milliseconds that the other side asked to wait. */
  readonly retryAfter?: number | null;
}

/** `message` is for an operator and names what was asked: "S3 answered 403 AccessDenied for s3://bucket/key". */
export class BlobError extends Error {
  readonly problem: BlobProblem;
  /** Null when the location as a whole has the problem. */
  readonly key: string | null;
  /** Whether the same request may succeed later without anybody mending anything. */
  readonly retryable: boolean;
  readonly retryAfter: number | null;

  constructor(problem: BlobProblem, message: string, details: BlobErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BlobError';
    this.problem = problem;
    this.key = details.key ?? null;
    this.retryable = details.retryable ?? ['throttled', 'unavailable', 'timeout', 'cut'].includes(problem);
    this.retryAfter = details.retryAfter ?? null;
  }
}
