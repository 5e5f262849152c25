import type { ProblemBody } from './bodies.ts';

/** An answer that is none: the server's own words where it gave some. */
export class ApiProblem extends Error {
  readonly status: number;
  /** What to mend, by field. */
  readonly errors: NonNullable<ProblemBody['errors']>;

  constructor(status: number, message: string, errors: NonNullable<ProblemBody['errors']> = []) {
    super(message);
    this.status = status;
    this.errors = errors;
  }

  /** Asking again would get the same answer. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429;
  }
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const fallback = `${response.status} ${response.statusText}`.trim();
  try {
    const body = (await response.json()) as Partial<ProblemBody>;
    return new ApiProblem(response.status, body.detail ?? body.title ?? fallback, body.errors ?? []);
  } catch {
    return new ApiProblem(response.status, fallback);
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof ApiProblem && error.status === 404;

/** Nobody is signed in, or not any more. */
export const isUnauthorised = (error: unknown): boolean => error instanceof ApiProblem && error.status === 401;

export const problemText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
