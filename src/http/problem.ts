import { STATUS_CODES } from 'node:http';
import { Refusal, type RefusalKind } from '../accounts/refusal.ts';
import { SECOND } from '../domain/time.ts';
import { StoreUnavailable } from '../store/engine.ts';
import type { ProblemBody } from './contract.ts';

export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/** An error whose words are meant for the caller (RFC 9457). */
export class Problem extends Error {
  readonly statusCode: number;
  readonly errors: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    statusCode: number,
    detail: string,
    {
      errors = [],
      headers = {},
    }: { errors?: readonly FieldProblem[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.statusCode = statusCode;
    this.errors = errors;
    this.headers = headers;
  }

  toBody(instance?: string): ProblemBody {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.statusCode] ?? 'Error',
      status: this.statusCode,
      ...(this.message === '' ? {} : { detail: this.message }),
      ...(this.errors.length === 0 ? {} : { errors: [...this.errors] }),
      ...(instance === undefined ? {} : { instance }),
    };
  }
}

/** A request that names what to mend, field by field. */
export const invalid = (errors: readonly FieldProblem[]): Problem =>
  new Problem(400, errors.map(({ field, problem }) => `${field} ${problem}`).join('; '), { errors });

export const notFound = (detail: string): Problem => new Problem(404, detail);

const STORE_SAYS: Readonly<Record<StoreUnavailable['reason'], string>> = {
  busy: 'the store is busy; try again soon',
  full: 'the store has no room left; what is stored can still be read',
  'read-only': 'the store cannot be written; what is stored can still be read',
  unreachable: 'the store cannot be reached; try again soon',
};

const REFUSED: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  'wrong-credentials': 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-many': 429,
};

function refused({ kind, message, field, wait }: Refusal): Problem {
  if (kind === 'invalid') return invalid([{ field: field ?? 'body', problem: message }]);
  const headers = wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait / SECOND)) };
  return new Problem(REFUSED[kind], message, { headers });
}

/** Errors of the framework by status: what is wrong with the request, in words that name the mend. */
const REQUEST_SAYS: Readonly<Record<number, string>> = {
  413: 'the body is larger than 64 KiB',
  415: 'send the body as JSON with the header Content-Type: application/json',
  431: 'the headers of the request are too large',
  414: 'the address of the request is too long',
};

/** What the caller is told of any error. The text of an unexpected one stays inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return refused(error);
  if (error instanceof StoreUnavailable) {
    return new Problem(503, STORE_SAYS[error.reason], { headers: { 'retry-after': '5' } });
  }
  const { statusCode = 500, message = '' } = (error ?? {}) as { statusCode?: number; message?: string };
  if (statusCode < 400 || statusCode >= 500)
    return new Problem(500, 'something went wrong here; the log has the reason');
  return new Problem(statusCode, REQUEST_SAYS[statusCode] ?? message);
}
