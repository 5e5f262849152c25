import { DAY, HOUR, type Instant, MINUTE, SECOND, toIso } from '../../domain/time.ts';
import type { Zone } from '../../domain/zone.ts';

/** A local time like `2026-11-23 14:02`, with seconds where they are not zero; outside UTC with its offset, so that none is said twice. */
export function timeText(instant: Instant, zone: Zone): string {
  const offset = zone.offsetAt(instant);
  const [date, time] = toIso(instant + offset).split('T') as [string, string];
  const clock = instant % MINUTE === 0 ? time.slice(0, 5) : time.slice(0, 8);
  return `${date} ${clock}${zone.name === 'UTC' ? 'Z' : ` ${offsetText(offset)}`}`;
}

function offsetText(offset: number): string {
  const size = Math.abs(offset);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(size / HOUR)}:${two((size % HOUR) / MINUTE)}`;
}

/** About how long, in the two largest units: `3 d 4 h`, `12 m`, `8 s`. */
export function aboutText(milliseconds: number): string {
  const units = [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
  ] as const;
  const first = units.findIndex(([, size]) => milliseconds >= size);
  if (first < 0) return '0 s';
  let rest = milliseconds;
  const parts = units.slice(first, first + 2).flatMap(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return amount > 0 ? [`${amount} ${unit}`] : [];
  });
  return parts.join(' ');
}
