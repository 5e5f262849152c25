import { DAY, HOUR, MINUTE, parseDuration } from '../domain/time.ts';
import { MONTH, WINDOW_NAMES, WINDOWS, type WindowName, windowOfLength } from '../domain/windows.ts';
import { type FieldProblem, invalid } from './problem.ts';

/** The parameters of `GET /api/samples/latest` as they stand in a request. */
export interface RawLatest {
  readonly window?: string | undefined;
  readonly minutes?: number | undefined;
  readonly hours?: number | undefined;
  readonly days?: number | undefined;
  readonly months?: number | undefined;
  readonly samples?: number | undefined;
  readonly versionId?: string | undefined;
  readonly maxStale?: string | undefined;
  readonly fresh?: 'true' | 'false' | undefined;
}

export interface LatestQuestion {
  /** Milliseconds. */
  readonly length: number;
  /** The window of this length, if it is one of the list. */
  readonly window: WindowName | null;
  readonly samples: number;
  /** Milliseconds; undefined: any age will do. */
  readonly maxStale: number | undefined;
}

export const DEFAULT_WINDOW: WindowName = '1h';
export const DEFAULT_LATEST_SAMPLES = 20;

const UNITS = { minutes: MINUTE, hours: HOUR, days: DAY, months: MONTH } as const;
/** Longer ones would begin before 1970. */
const LONGEST = 50 * 365 * DAY;

/** Settles what the parameters mean together; throws a `Problem` that names every field to mend. */
export function readLatestQuestion(raw: RawLatest): LatestQuestion {
  const problems: FieldProblem[] = [];
  const length = readLength(raw, problems);
  const maxStale = raw.maxStale === undefined ? undefined : readMaxStale(raw.maxStale, problems);
  if (raw.versionId !== undefined && raw.fresh === 'true')
    problems.push({ field: 'fresh', problem: 'cannot be asked of a version; leave out versionId' });
  if (raw.versionId !== undefined && windowOfLength(length) === undefined)
    problems.push({ field: 'window', problem: `must be one of ${WINDOW_NAMES.join(', ')} together with versionId` });
  if (problems.length > 0) throw invalid(problems);
  return { length, window: windowOfLength(length) ?? null, samples: raw.samples ?? DEFAULT_LATEST_SAMPLES, maxStale };
}

function readLength(raw: RawLatest, problems: FieldProblem[]): number {
  const units = (Object.keys(UNITS) as (keyof typeof UNITS)[]).filter((unit) => raw[unit] !== undefined);
  const [unit, ...others] = units;
  const extra = raw.window === undefined ? others[0] : unit;
  if (extra !== undefined) {
    const other = raw.window === undefined ? unit : 'window';
    problems.push({ field: extra, problem: `cannot be given together with ${other}` });
  }
  if (raw.window !== undefined) return readWindow(raw.window, problems);
  if (unit === undefined) return WINDOWS[DEFAULT_WINDOW].length;
  const length = (raw[unit] as number) * UNITS[unit];
  if (length > LONGEST) problems.push({ field: unit, problem: 'may reach back at most 50 years' });
  return length;
}

function readWindow(text: string, problems: FieldProblem[]): number {
  // `3m` is three months here: a published window goes before a duration.
  const name = WINDOW_NAMES.find((candidate) => candidate === text);
  const length = name === undefined ? parseDuration(text) : WINDOWS[name].length;
  if (length !== undefined && length <= LONGEST) return length;
  const shape = `one of ${WINDOW_NAMES.join(', ')}, or a duration like 90m, 36h or 14d of at most 50 years`;
  problems.push({ field: 'window', problem: `must be ${shape}; got ${JSON.stringify(text)}` });
  return 0;
}

function readMaxStale(text: string, problems: FieldProblem[]): number | undefined {
  const length = text === '0' || text === '0s' ? 0 : parseDuration(text);
  if (length === undefined)
    problems.push({
      field: 'maxStale',
      problem: `must be a duration like 30s or 10m, or 0; got ${JSON.stringify(text)}`,
    });
  return length;
}
