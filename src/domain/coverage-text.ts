import type { CoverageTotals } from './ledger.ts';
import { HOUR, MINUTE, SECOND } from './time.ts';

const REASONS = [
  ['failed', 'failed'],
  ['empty', 'never written'],
  ['neverAsked', 'never asked'],
] as const;

/** Shorter totals are counted in one unit, so that the parts can be added up at a glance. */
const IN_SECONDS = 2 * MINUTE;
const IN_MINUTES = 3 * HOUR;

/**
 * How much of a range there is, for people: `82 h 8 m over 4 calendar days, 57 minutes missing: 12 failed, 45 never written`.
 * `calendarDays` counts the local days that hold data.
 */
export function coverageText(totals: CoverageTotals, calendarDays: number): string {
  const had = totals.have > 0 ? `${length(totals.have)} over ${count(calendarDays, 'calendar day')}` : 'no data';
  const open = totals.notClosed > 0 ? `; ${length(totals.notClosed)} not closed yet` : '';
  return `${had}, ${missingText(totals)}${open}`;
}

function missingText(totals: CoverageTotals): string {
  const missing = totals.failed + totals.empty + totals.neverAsked;
  if (missing <= 0) return 'nothing missing';
  const parts = REASONS.filter(([state]) => totals[state] > 0);
  const [only] = parts;
  if (parts.length === 1 && only) return `${length(missing)} missing, ${only[1]}`;
  const part = partLength(missing);
  return `${length(missing)} missing: ${parts.map(([state, name]) => `${part(totals[state])} ${name}`).join(', ')}`;
}

/** How the parts of a missing total are written: bare numbers where the total names their unit. */
function partLength(total: number): (milliseconds: number) => string {
  if (total < IN_SECONDS) return (milliseconds) => String(Math.round(milliseconds / SECOND));
  if (total < IN_MINUTES) return (milliseconds) => String(Math.round(milliseconds / MINUTE));
  return length;
}

function length(milliseconds: number): string {
  if (milliseconds < IN_SECONDS) return count(Math.round(milliseconds / SECOND), 'second');
  if (milliseconds < IN_MINUTES) return count(Math.round(milliseconds / MINUTE), 'minute');
  const minutes = Math.round(milliseconds / MINUTE);
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${(minutes - rest) / 60} h ${rest} m`;
}

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;
