import { type Instant, isPlausibleInstant, MINUTE, toIso } from './time.ts';

/** Clocks of senders run ahead; beyond this a stamp is taken for a mistake. */
export const FUTURE_TOLERANCE = 10 * MINUTE;

/** Why a point cannot be kept, naming the field and the mend, or `undefined` when it can. */
export function pointProblem(timestamp: unknown, value: unknown, now: Instant): string | undefined {
  if (typeof timestamp !== 'number' || !isPlausibleInstant(timestamp)) {
    return `timestamp ${String(timestamp)} is not a whole number of epoch milliseconds between 1970 and 2199`;
  }
  if (timestamp > now + FUTURE_TOLERANCE) {
    return `timestamp ${toIso(timestamp)} is in the future (now ${toIso(now)}); is it in another unit than milliseconds?`;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return `value ${String(value)} is not a finite number`;
  return undefined;
}
