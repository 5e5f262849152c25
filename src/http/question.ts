import { stepProblem } from '../domain/buckets.ts';
import { closest } from '../domain/closest.ts';
import type { Aggregate } from '../domain/series.ts';
import {
  DAY,
  floorTo,
  type Instant,
  type Interval,
  MINUTE,
  parseDuration,
  parseInstant,
  toIso,
} from '../domain/time.ts';
import { findZone, utc, type Zone } from '../domain/zone.ts';
import type { Question } from '../history/history.ts';
import { type FieldProblem, invalid } from './problem.ts';

/** A question as it stands in a request. */
export interface RawQuestion {
  readonly window?: string | undefined;
  readonly from?: string | number | undefined;
  readonly to?: string | number | undefined;
  readonly samples?: number | undefined;
  readonly step?: string | undefined;
  readonly tz?: string | undefined;
  readonly aggregate?: Aggregate | undefined;
}

export interface Asked extends Question {
  readonly aggregate: Aggregate | undefined;
}

const DEFAULT_WINDOW = DAY;
/** Longer ones would begin before 1970. */
const LONGEST_WINDOW = 50 * 365 * DAY;

/** Settles what the parameters mean together; throws a `Problem` that names every field to mend. */
export function readQuestion(raw: RawQuestion, now: Instant): Asked {
  const problems: FieldProblem[] = [];
  const zone = readZone(raw.tz, problems);
  const range = raw.from === undefined && raw.to === undefined ? undefined : readRange(raw, now, problems);
  const window = range === undefined ? readWindow(raw.window, problems) : undefined;
  if (range && raw.window !== undefined) {
    problems.push({ field: 'window', problem: 'cannot be given together with from and to' });
  }
  const length = range ?? { from: now - (window ?? 0), to: now };
  const step = raw.step === undefined ? undefined : readStep(raw.step, length, problems);
  if (raw.step !== undefined && raw.samples !== undefined) {
    problems.push({ field: 'step', problem: 'cannot be given together with samples' });
  }
  if (problems.length > 0) throw invalid(problems);
  return {
    zone,
    aggregate: raw.aggregate,
    ...(range ? { range } : { window: window ?? DEFAULT_WINDOW }),
    ...(step === undefined ? {} : { step }),
    ...(raw.samples === undefined ? {} : { samples: raw.samples }),
  };
}

/** The zone of a name; UTC without one. Names the closest zone when there is none of that name. */
export function readZone(name: string | undefined, problems: FieldProblem[]): Zone {
  if (name === undefined) return utc;
  const zone = findZone(name);
  if (zone) return zone;
  const near = closest(name, Intl.supportedValuesOf('timeZone'));
  const shown = JSON.stringify(name);
  problems.push({
    field: 'tz',
    problem: `must be an IANA time zone like Europe/Berlin; got ${shown}${near ? `, did you mean ${near}?` : ''}`,
  });
  return utc;
}

/** The range between `from` and `to`; an absent `to` is the end of the present minute. */
export function readRange(
  { from, to }: Pick<RawQuestion, 'from' | 'to'>,
  now: Instant,
  problems: FieldProblem[],
): Interval {
  const start = readInstant('from', from, problems);
  const end = to === undefined ? floorTo(now, MINUTE) + MINUTE : readInstant('to', to, problems);
  checkOrder(start, end, now, problems);
  return { from: start ?? 0, to: end ?? 0 };
}

/** A range that may be open at either end. */
export function readOpenRange(raw: Pick<RawQuestion, 'from' | 'to'>, now: Instant): { from?: Instant; to?: Instant } {
  const problems: FieldProblem[] = [];
  const from = raw.from === undefined ? undefined : readInstant('from', raw.from, problems);
  const to = raw.to === undefined ? undefined : readInstant('to', raw.to, problems);
  checkOrder(from, to, now, problems);
  if (problems.length > 0) throw invalid(problems);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function checkOrder(from: Instant | undefined, to: Instant | undefined, now: Instant, problems: FieldProblem[]): void {
  if (from !== undefined && from > now) {
    problems.push({ field: 'from', problem: `is in the future: ${toIso(from)}, now it is ${toIso(now)}` });
  } else if (from !== undefined && to !== undefined && from >= to) {
    problems.push({ field: 'from', problem: `must be before to; got ${toIso(from)} and ${toIso(to)}` });
  }
}

function readInstant(field: string, value: string | number | undefined, problems: FieldProblem[]): Instant | undefined {
  const instant = value === undefined ? undefined : parseInstant(String(value));
  if (instant !== undefined) return instant;
  const shape = 'an instant between 1970 and 2199 like 2026-11-23T14:00:00Z, 2026-11-23 or epoch milliseconds';
  problems.push({
    field,
    problem: value === undefined ? `is missing: give ${shape}` : `must be ${shape}; got ${JSON.stringify(value)}`,
  });
  return undefined;
}

function readWindow(text: string | undefined, problems: FieldProblem[]): number | undefined {
  if (text === undefined) return DEFAULT_WINDOW;
  const window = parseDuration(text);
  if (window !== undefined && window <= LONGEST_WINDOW) return window;
  problems.push({
    field: 'window',
    problem:
      window === undefined
        ? `must be a duration like 90m, 24h, 7d or 1y; got ${JSON.stringify(text)}`
        : `must be at most 50y; got ${JSON.stringify(text)}`,
  });
  return undefined;
}

function readStep(text: string, range: Interval, problems: FieldProblem[]): number | undefined {
  const step = parseDuration(text);
  const problem =
    step === undefined
      ? `must be a duration like 1m, 15m, 1h or 1d; got ${JSON.stringify(text)}`
      : stepProblem(step, range);
  if (problem !== undefined) problems.push({ field: 'step', problem });
  return step;
}
