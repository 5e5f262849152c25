import { ApiProblem } from '../api/problem.ts';

/** What the server says of one field. */
export const fieldProblem = (error: unknown, field: string): string | undefined =>
  error instanceof ApiProblem ? error.errors.find((one) => one.field === field)?.problem : undefined;

/** Whether the fields say it already. */
export const isToldByFields = (error: unknown, ...fields: readonly string[]): boolean =>
  error instanceof ApiProblem && error.errors.length > 0 && error.errors.every(({ field }) => fields.includes(field));
