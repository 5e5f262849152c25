import type { CoverageBody, DayCoverage, MissingReason } from '../api/bodies.ts';

export type CoverageState = 'have' | MissingReason;

export interface Share {
  readonly state: CoverageState;
  /** Part of the whole, 0 to 1. */
  readonly part: number;
}

type Totals = Pick<CoverageBody, 'have' | 'empty' | 'failed' | 'neverAsked' | 'notClosed'>;

/** What is known of a stretch of time, as parts that add up to one; what is not there is left out. */
export function sharesOf(totals: Totals): Share[] {
  const { have, empty, failed, neverAsked, notClosed } = totals;
  const whole = have + empty + failed + neverAsked + notClosed;
  if (whole <= 0) return [];
  const all: Share[] = [
    { state: 'have', part: have / whole },
    { state: 'empty', part: empty / whole },
    { state: 'never-asked', part: neverAsked / whole },
    { state: 'failed', part: failed / whole },
    { state: 'not-closed', part: notClosed / whole },
  ];
  return all.filter(({ part }) => part > 0);
}

export interface Month {
  /** `2026-11` */
  readonly month: string;
  readonly days: readonly DayCoverage[];
}

/** Days by calendar month, in order. */
export function monthsOf(days: readonly DayCoverage[]): Month[] {
  const months: { month: string; days: DayCoverage[] }[] = [];
  for (const day of days) {
    const month = day.date.slice(0, 7);
    const last = months.at(-1);
    if (last?.month === month) last.days.push(day);
    else months.push({ month, days: [day] });
  }
  return months;
}
