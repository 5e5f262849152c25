/** All instants are epoch milliseconds in UTC; zones appear only in `zone.ts` and at the edge. */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A half-open range of time: `from` belongs to it, `to` does not. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant;
}

/** The source of "now" and of timers, injected so that tests own the time. */
export interface Clock {
  now(): Instant;
  /** Runs `action` once after `delay` milliseconds; the returned function cancels it. */
  after(delay: number, action: () => void): () => void;
}

export const floorTo = (instant: Instant, step: number): Instant => Math.floor(instant / step) * step;
export const ceilTo = (instant: Instant, step: number): Instant => Math.ceil(instant / step) * step;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  y: 365 * DAY,
};

/**
 * Parses `90s`, `15m`, `2h`, `1d`, `7d`, `4w`, `1y` or a sum such as `1h30m` into milliseconds.
 * A year is 365 days and `m` is a minute: a duration is a fixed length, never a calendar month.
 * Returns `undefined` for anything else, zero and negative lengths included.
 */
export function parseDuration(text: string): number | undefined {
  const whole = /^(?:\d+(?:ms|[smhdwy]))+$/;
  if (text.length > 40 || !whole.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(amount) * (UNITS[unit as string] as number);
  }
  return total > 0 && Number.isSafeInteger(total) ? total : undefined;
}

/** Writes a duration in the largest units that keep it exact: `5400000` → `1h30m`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds);
  if (rest <= 0) return '0s';
  let text = '';
  for (const [unit, size] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
    ['ms', 1],
  ] as const) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text;
}

/** 2200-01-01: far enough for any forecast, near enough to catch stamps in the wrong unit. */
const LATEST = Date.UTC(2200, 0, 1);

/**
 * Parses an instant given as ISO 8601 with a zone designator, as a plain date (midnight UTC) or as epoch milliseconds.
 * Returns `undefined` for anything else, for instants before 1970 and for those after 2199.
 */
export function parseInstant(text: string): Instant | undefined {
  const isoShape = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;
  const value = /^\d{1,14}$/.test(text) ? Number(text) : isoShape.test(text) ? Date.parse(text) : Number.NaN;
  return isPlausibleInstant(value) ? value : undefined;
}

/** Whether a stamp is a whole number of milliseconds between 1970 and 2199. */
export const isPlausibleInstant = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < LATEST;

export const toIso = (instant: Instant): string => new Date(instant).toISOString();
