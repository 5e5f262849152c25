import type { CoverageTotals } from '../../domain/ledger.ts';

/** What is known of one local day. */
export interface CalendarDay extends CoverageTotals {
  /** `2026-11-23`. */
  readonly date: string;
}

const DAYS_OF_MONTH = 31;

/** The marks of the strip with their meanings, in the order of the legend. */
const MARKS = {
  whole: ['█', 'complete'],
  most: ['▓', 'at least 9/10'],
  half: ['▒', 'at least half'],
  some: ['░', 'less'],
  failed: ['×', 'all failed'],
  nothing: ['·', 'nothing'],
  open: ['…', 'not closed yet'],
} as const;

/** Which parts of a day there are, as one character. A day that still goes on is judged by what could be there. */
export function dayMark({ have, empty, failed, neverAsked, notClosed }: CoverageTotals): string {
  const known = have + empty + failed + neverAsked;
  if (known === 0) return notClosed > 0 ? MARKS.open[0] : MARKS.nothing[0];
  if (have === 0) return failed > 0 && empty + neverAsked === 0 ? MARKS.failed[0] : MARKS.nothing[0];
  const ratio = have / known;
  if (ratio === 1) return MARKS.whole[0];
  if (ratio >= 0.9) return MARKS.most[0];
  return ratio >= 0.5 ? MARKS.half[0] : MARKS.some[0];
}

/** A line a month, a character a day, below a scale of days; a legend of the marks that appear. Days not asked for stay blank. */
export function calendarStrip(days: readonly CalendarDay[]): string {
  const months = Map.groupBy(days, ({ date }) => date.slice(0, 7));
  const used = new Set<string>();
  const lines = [...months].map(([month, ofMonth]) => {
    const marks = Array<string>(DAYS_OF_MONTH).fill(' ');
    for (const day of ofMonth) {
      const mark = dayMark(day);
      used.add(mark);
      marks[Number(day.date.slice(8)) - 1] = mark;
    }
    return `${month}  ${marks.join('')}`.trimEnd();
  });
  const legend = Object.values(MARKS)
    .filter(([mark]) => used.has(mark))
    .map(([mark, meaning]) => `${mark} ${meaning}`)
    .join('   ');
  return [SCALE, ...lines, `         ${legend}`].join('\n');
}

const SCALE = `         ${[1, 5, 10, 15, 20, 25, 30].reduce((line, day) => line.padEnd(day - 1) + day, '')}`;
