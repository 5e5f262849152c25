import { DAY, type Instant } from './spans.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formatters cost 50 µs to make and 1 µs to use. */
export function zonedFormat(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone}|${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    formats.set(key, format);
  }
  return format;
}

const WALL: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  hourCycle: 'h23',
};

/** Local wall time of an instant, given as if it were UTC. */
export function wallOf(zone: string, instant: Instant): number {
  if (zone === 'UTC') return instant;
  const part: Record<string, number> = {};
  for (const { type, value } of zonedFormat(zone, WALL).formatToParts(instant)) part[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000);
}

const offsetAt = (zone: string, instant: Instant): number => wallOf(zone, instant) - instant;

/** The instant of a local wall time given as if it were UTC; in a gap the later, in an overlap the earlier instant. */
export function instantOfWall(zone: string, wall: number): Instant {
  if (zone === 'UTC') return wall;
  const before = offsetAt(zone, wall - DAY);
  const after = offsetAt(zone, wall + DAY);
  const early = wall - before;
  if (before === after || offsetAt(zone, early) === before) return early;
  const late = wall - after;
  return offsetAt(zone, late) === after ? late : early;
}

export function isZone(name: string): boolean {
  try {
    zonedFormat(name, { hour: 'numeric' });
    return true;
  } catch {
    return false;
  }
}

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** All zones this browser knows, UTC first. */
export const allZones = (): readonly string[] => [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC'),
];

/** `UTC+5:30`, as of an instant. */
export function offsetText(zone: string, instant: Instant): string {
  const minutes = Math.round(offsetAt(zone, Math.floor(instant / 1000) * 1000) / 60_000);
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}
