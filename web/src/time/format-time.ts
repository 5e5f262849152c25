import { DAY, HOUR, type Instant, MINUTE, SECOND, type Span } from './spans.ts';
import { wallOf, zonedFormat } from './zone.ts';

const HOUR_MINUTE: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

export const clockTime = (instant: Instant, zone: string): string => zonedFormat(zone, HOUR_MINUTE).format(instant);

export const clockTimeWithSeconds = (instant: Instant, zone: string): string =>
  zonedFormat(zone, { ...HOUR_MINUTE, second: '2-digit' }).format(instant);

export const dayAndMonth = (instant: Instant, zone: string): string =>
  zonedFormat(zone, { day: 'numeric', month: 'short' }).format(instant);

export const fullDate = (instant: Instant, zone: string): string =>
  zonedFormat(zone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(instant);

export const sameDay = (a: Instant, b: Instant, zone: string): boolean =>
  Math.floor(wallOf(zone, a) / DAY) === Math.floor(wallOf(zone, b) / DAY);

const sameYear = (a: Instant, b: Instant, zone: string): boolean =>
  new Date(wallOf(zone, a)).getUTCFullYear() === new Date(wallOf(zone, b)).getUTCFullYear();

/** The shortest unmistakable form as seen from `now`: `14:02`, `23 Nov 14:02`, `23 Nov 2025 14:02`. */
export function moment(instant: Instant, zone: string, now: Instant): string {
  const time = clockTime(instant, zone);
  if (sameDay(instant, now, zone)) return time;
  const day = dayAndMonth(instant, zone);
  if (sameYear(instant, now, zone)) return `${day} ${time}`;
  return `${day} ${zonedFormat(zone, { year: 'numeric' }).format(instant)} ${time}`;
}

/** Spans shorter than this are told to the second, unless they begin and end on whole minutes. */
const SHORT_SPAN = 10 * MINUTE;

/** A span in words: `23 Nov 14:00 – 15:30`, or dates alone when both ends are midnights. */
export function spanText({ from, to }: Span, zone: string, now: Instant): string {
  if (wallOf(zone, from) % DAY === 0 && wallOf(zone, to) % DAY === 0) {
    const last = to - 1;
    const first = dayText(from, zone, now);
    return sameDay(from, last, zone) ? first : `${first} – ${dayText(last, zone, now)}`;
  }
  const isFine = to - from < SHORT_SPAN && (from % MINUTE !== 0 || to % MINUTE !== 0);
  const time = isFine ? clockTimeWithSeconds : clockTime;
  const start = `${dayText(from, zone, now)} ${time(from, zone)}`;
  return sameDay(from, to, zone)
    ? `${start} – ${time(to, zone)}`
    : `${start} – ${dayText(to, zone, now)} ${time(to, zone)}`;
}

function dayText(instant: Instant, zone: string, now: Instant): string {
  const day = dayAndMonth(instant, zone);
  return sameYear(instant, now, zone) ? day : `${day} ${zonedFormat(zone, { year: 'numeric' }).format(instant)}`;
}

/** A length in its two largest units: `3 d 4 h`, `57 min`, `12 s`. */
export function lengthText(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / SECOND) * SECOND);
  if (total < SECOND) return milliseconds > 0 ? 'under 1 s' : '0 s';
  const units = [
    ['d', DAY],
    ['h', HOUR],
    ['min', MINUTE],
    ['s', SECOND],
  ] as const;
  const first = units.findIndex(([, size]) => total >= size);
  const parts: string[] = [];
  let rest = total;
  for (const [unit, size] of units.slice(first, first + 2)) {
    const amount = Math.floor(rest / size);
    if (amount > 0) parts.push(`${amount} ${unit}`);
    rest -= amount * size;
  }
  return parts.join(' ');
}
