import { STATUS_CODES } from 'node:http';
import type { IngestOutcome } from '../work/ingest.ts';
import { Problem, problemOf } from './problem.ts';
import { failureProblem } from './pushed-body.ts';

/** What senders are told to be talking to: they choose their requests by it. */
const INFLUX_VERSION = '1.8.10';
export const VERSION_HEADERS = { 'x-influxdb-version': INFLUX_VERSION, 'x-influxdb-build': 'Varve' } as const;

/** InfluxDB 1 says `{"error": …}`, InfluxDB 2 `{"code": …, "message": …}`. */
export type Dialect = 'v1' | 'v2';

/** Codes of InfluxDB 2 by status (docs.influxdata.com/influxdb/v2/api, schema Error). */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
  408: 'invalid',
  413: 'request too large',
  415: 'invalid',
  429: 'too many requests',
  503: 'unavailable',
};

export interface InfluxError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Any error as InfluxDB would tell it. */
export function errorOf(error: unknown, dialect: Dialect): InfluxError {
  const { statusCode, message, headers } = problemOf(error);
  const words = message || (STATUS_CODES[statusCode] ?? 'error');
  if (dialect === 'v2') {
    return { status: statusCode, headers, body: { code: CODES[statusCode] ?? 'internal error', message: words } };
  }
  // A header holds no line ends and nothing beyond Latin letters.
  const header = words.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);
  return { status: statusCode, headers: { ...headers, 'x-influxdb-error': header }, body: { error: words } };
}

/** What is wrong with a write, if anything. Lines that could not be used make it a partial write: 400, and the others are stored. */
export function writeProblem({ report, failure }: IngestOutcome): Problem | undefined {
  if (failure !== null) return failureProblem(failure, report.accepted);
  const [first] = report.rejected;
  if (!first) return undefined;
  const dropped = report.rejected.length + report.rejectedOmitted;
  const partial = report.accepted > 0 ? 'partial write: ' : '';
  return new Problem(400, `${partial}unable to parse line ${first.line}: ${first.reason} dropped=${dropped}`);
}

/** The only database there is; every name that a sender writes to leads to it. */
const DATABASE = 'varve';

/** Answers the statements that senders make before they write. Throws a `Problem` for any other. */
export function answerQuery(query: string): Record<string, unknown> {
  const statements = query
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  if (statements.length === 0) throw new Problem(400, 'missing required parameter "q"');
  return {
    results: statements.map((statement, index) => {
      if (/^create\s+database\s+\S/i.test(statement)) return { statement_id: index };
      if (!/^show\s+databases$/i.test(statement)) {
        throw new Problem(400, 'only CREATE DATABASE and SHOW DATABASES are answered; samples are read by /api/series');
      }
      return { statement_id: index, series: [{ name: 'databases', columns: ['name'], values: [[DATABASE]] }] };
    }),
  };
}
