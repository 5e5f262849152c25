import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { closest } from '../domain/closest.ts';
import { type FieldProblem, invalid } from './problem.ts';

/** Checks parts of requests by their zod schemas; throws nothing, hands the framework a `Problem` that names each field and its mend. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return (data) => {
    const result = schema.safeParse(data ?? (httpPart === 'body' ? undefined : {}));
    if (result.success) return { value: result.data };
    return {
      error: invalid(
        result.error.issues.flatMap((issue) => fieldProblems(issue, known, data, httpPart === 'querystring')),
      ),
    };
  };
};

function fieldProblems(
  issue: z.core.$ZodIssue,
  known: readonly string[],
  data: unknown,
  isQuery: boolean,
): readonly FieldProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(key, known));
  const field = issue.path.length === 0 ? 'body' : issue.path.join('.');
  return [
    { field, problem: isQuery && isRepeated(issue, data) ? 'is given more than once; give it once' : problemOf(issue) },
  ];
}

function unknownField(key: string, known: readonly string[]): FieldProblem {
  const near = closest(key, known);
  const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
  return { field: key.slice(0, 100), problem: `is not known here; ${near ? `did you mean ${near}? ` : ''}${there}` };
}

function isRepeated(issue: z.core.$ZodIssue, data: unknown): boolean {
  const [name] = issue.path;
  return typeof data === 'object' && data !== null && Array.isArray((data as Record<PropertyKey, unknown>)[name ?? '']);
}

function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.endsWith('received undefined')
        ? `is missing: give ${issue.expected === 'array' ? 'a list' : `a ${issue.expected}`}`
        : `must be of type ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'too_big':
      return `is too long or too large: at most ${issue.maximum}`;
    case 'too_small':
      return `is too short or too small: at least ${issue.minimum}`;
    default:
      return issue.message;
  }
}
