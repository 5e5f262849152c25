import { BlobError, type BlobProblem } from './blob-error.ts';

interface S3Failure extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Refusals that no status tells apart. Names from docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. */
const THROTTLED = new Set(['SlowDown', 'RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequests']);
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const ELSEWHERE = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException']);
const CUT = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET']);

/** What an error of the S3 client means. `place` names what was asked for, `key` the object, null for the bucket. */
export function s3Error(error: unknown, place: string, key: string | null): BlobError {
  if (error instanceof BlobError) return error;
  const failure = error as S3Failure;
  const status = failure.$metadata?.httpStatusCode;
  return status === undefined || status < 300 ? unanswered(failure, place, key) : answered(failure, status, place, key);
}

function answered(failure: S3Failure, status: number, place: string, key: string | null): BlobError {
  // Where the body holds no known error the client only repeats the status as a name.
  const name = /^\d*$|Unknown/.test(failure.name) ? '' : ` ${failure.name}`;
  const message = `S3 answered ${status}${name} for ${place}`;
  const whole = failure.name === 'NoSuchBucket' || key === null;
  const details = { key: whole ? null : key, cause: failure, retryAfter: retryAfter(failure) };
  const as = (problem: BlobProblem, retryable?: boolean, words = message) =>
    new BlobError(problem, words, { ...details, ...(retryable === undefined ? {} : { retryable }) });
  if (status === 429 || THROTTLED.has(failure.name)) return as('throttled');
  if (status === 301 || status === 307 || ELSEWHERE.has(failure.name)) {
    return as('unavailable', false, `${message}: the bucket is in another region; set region or endpoint`);
  }
  if (failure.name === 'RequestTimeout' || status === 408) return as('timeout');
  if (failure.name === 'InvalidObjectState') {
    return as('archived', false, `${message}: it lies in an archive tier and must be restored first`);
  }
  // Rights take a while to spread and clocks to be set: worth a few more tries before anybody is called.
  if (status === 401 || status === 403) return as('forbidden', true);
  if (status === 404) return as('not-found');
  if (status === 507) return as('full', false);
  return as('unavailable', status >= 500);
}

function unanswered(failure: S3Failure, place: string, key: string | null): BlobError {
  const details = { key, cause: failure };
  if (NO_CREDENTIALS.has(failure.name)) {
    return new BlobError('forbidden', `no AWS credentials found for ${place}: ${failure.message}`, details);
  }
  if (/^region is missing/i.test(failure.message)) {
    return new BlobError('unavailable', `no region set for ${place}`, { ...details, retryable: false });
  }
  if (failure.name === 'TimeoutError')
    return new BlobError('timeout', `S3 did not answer in time for ${place}`, details);
  if (CUT.has(failure.code ?? '') || failure.message === 'aborted') {
    return new BlobError('cut', `the connection to S3 was cut while reading ${place}`, details);
  }
  const reason = failure.code ?? failure.message;
  return new BlobError('unavailable', `S3 cannot be reached for ${place}: ${reason}`, details);
}

function retryAfter(failure: S3Failure): number | null {
  const seconds = Number(failure.$response?.headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
