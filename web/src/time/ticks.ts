import { clockTime, clockTimeWithSeconds, dayAndMonth, sameDay } from './format-time.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND, type Span } from './spans.ts';
import { instantOfWall, wallOf, zonedFormat } from './zone.ts';

const SUB_DAY = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
];
const DAYS = [1, 2, 7, 14];
const MONTHS = [1, 3, 6, 12, 24, 60, 120];

type TickStep = { readonly unit: 'ms' | 'day' | 'month'; readonly size: number };

/** The finest step that gives at most `most` ticks. */
export function tickStep(length: number, most: number): TickStep {
  const needed = length / Math.max(1, most);
  const fine = SUB_DAY.find((size) => size >= needed);
  if (fine) return { unit: 'ms', size: fine };
  const days = DAYS.find((count) => count * DAY >= needed);
  if (days) return { unit: 'day', size: days };
  return { unit: 'month', size: MONTHS.find((count) => count * 30.4 * DAY >= needed) ?? 240 };
}

/** Where a time axis is marked: round local times of the zone, right where its clocks change. */
export function tickInstants({ from, to }: Span, zone: string, step: TickStep): Instant[] {
  const found: Instant[] = [];
  const last = wallOf(zone, to);
  const add = (wall: number): void => {
    const instant = instantOfWall(zone, wall);
    if (instant >= from && instant <= to && instant > (found.at(-1) ?? Number.NEGATIVE_INFINITY)) found.push(instant);
  };
  const first = wallOf(zone, from);
  if (step.unit === 'month') {
    const date = new Date(first);
    const months = Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / step.size) * step.size;
    for (let month = months; startOfMonth(month) <= last; month += step.size) add(startOfMonth(month));
    return found;
  }
  const size = step.unit === 'day' ? step.size * DAY : step.size;
  // Day 4 of 1970 was the first Monday: weeks are marked where they begin.
  const offset = step.unit === 'day' && step.size % 7 === 0 ? 4 * DAY : 0;
  for (let wall = Math.floor((first - offset) / size) * size + offset; wall <= last; wall += size) add(wall);
  return found;
}

const startOfMonth = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12);

/** Labels of ticks; a second line names the day (or year) where it begins. */
export function tickLabels(ticks: readonly Instant[], zone: string, step: TickStep): string[] {
  return ticks.map((tick, index) => {
    const before = ticks[index - 1];
    if (step.unit === 'ms') {
      const time = step.size < MINUTE ? clockTimeWithSeconds(tick, zone) : clockTime(tick, zone);
      return before === undefined || !sameDay(before, tick, zone) ? `${time}\n${dayAndMonth(tick, zone)}` : time;
    }
    const year = zonedFormat(zone, { year: 'numeric' });
    const newYear = before === undefined || year.format(before) !== year.format(tick);
    if (step.unit === 'month' && step.size % 12 === 0) return year.format(tick);
    const day = step.unit === 'month' ? zonedFormat(zone, { month: 'short' }).format(tick) : dayAndMonth(tick, zone);
    return newYear ? `${day}\n${year.format(tick)}` : day;
  });
}
