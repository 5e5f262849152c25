import { FUTURE_TOLERANCE } from '../../domain/points.ts';
import { DAY, HOUR, type Instant, isPlausibleInstant, MINUTE, parseInstant, SECOND, toIso } from '../../domain/time.ts';

/** In which unit whole numbers count since 1970. `m` and `h` are known to InfluxDB 1 only. */
export const PRECISIONS = ['ns', 'us', 'ms', 's', 'm', 'h'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Digits below a millisecond: they are cut as text, because a stamp in nanoseconds does not fit a floating-point number. */
const DIGITS_CUT: Readonly<Partial<Record<Precision, number>>> = { ns: 6, us: 3 };
const FACTOR: Readonly<Partial<Record<Precision, number>>> = { s: SECOND, m: MINUTE, h: HOUR };
const NAMES: Readonly<Record<Precision, string>> = {
  ns: 'nanoseconds',
  us: 'microseconds',
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
};
/** Samples of connected things are younger than this; only such a time is taken for the one that was meant. */
const PLAUSIBLE_FROM = Date.UTC(2000, 0, 1);
/** Stamps of the present in a unit too small land in the first months of 1970. */
const SUSPECT_BEFORE = 365 * DAY;

/** The milliseconds of a whole number given as text; NaN when it is none. */
export function parseStamp(text: string, start: number, end: number, precision: Precision): number {
  let position = start;
  const negative = text.charCodeAt(position) === 45;
  if (negative) position++;
  const stop = end - (DIGITS_CUT[precision] ?? 0);
  if (position === end || end - position > 22) return Number.NaN;
  let value = 0;
  for (let index = position; index < end; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    if (index < stop) value = value * 10 + digit;
  }
  return (negative ? -value : value) * (FACTOR[precision] ?? 1);
}

/** The milliseconds of a stamp in JSON: ISO 8601 with a zone, or a whole number as text or number; seconds may have a fraction. NaN when it is none. */
export function stampOf(given: string | number, precision: Precision): number {
  if (typeof given === 'string') {
    if (/^-?\d+$/.test(given)) return parseStamp(given, 0, given.length, precision);
    return parseInstant(given) ?? Number.NaN;
  }
  if (precision === 's') return Math.round(given * SECOND);
  if (!Number.isInteger(given)) return Number.NaN;
  const cut = DIGITS_CUT[precision];
  return cut === undefined ? given * (FACTOR[precision] ?? 1) : Math.floor(given / 10 ** cut);
}

/** Whether a look at the clock and the unit is due; everything else is kept without one. */
export const isSuspect = (time: number, now: Instant): boolean =>
  !(time >= SUSPECT_BEFORE && time <= now + FUTURE_TOLERANCE);

/**
 * Why a stamp cannot be kept, or `undefined` when it can. A stamp that would be the present in another unit is taken for a mistake, and the unit
 * is named.
 */
export function stampProblem(
  time: number,
  given: string | number,
  precision: Precision,
  now: Instant,
): string | undefined {
  if (Number.isNaN(time)) {
    return `timestamp ${JSON.stringify(given)} is neither a whole number of ${NAMES[precision]} nor ISO 8601 with a zone`;
  }
  const likely = likelyUnit(given, precision, now);
  const isFuture = time > now + FUTURE_TOLERANCE;
  if (likely !== undefined && (isFuture || time < SUSPECT_BEFORE)) {
    return `timestamp ${given} was read as ${NAMES[precision]} and looks like ${NAMES[likely]}; say precision=${likely}`;
  }
  if (!isPlausibleInstant(time)) return `timestamp ${given} in ${NAMES[precision]} is not between 1970 and 2199`;
  if (isFuture) {
    return `timestamp ${toIso(time)} is in the future (now ${toIso(now)}); the clock of the sender runs ahead by ${Math.round((time - now) / SECOND)} s`;
  }
  return undefined;
}

function likelyUnit(given: string | number, precision: Precision, now: Instant): Precision | undefined {
  if (typeof given === 'string' && !/^-?\d+$/.test(given)) return undefined;
  return (['ns', 'us', 'ms', 's'] as const).find((unit) => {
    if (unit === precision) return false;
    const time = stampOf(given, unit);
    return time >= PLAUSIBLE_FROM && time <= now + FUTURE_TOLERANCE;
  });
}
