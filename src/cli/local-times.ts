import { parseInstant } from '../domain/time.ts';
import { findZone, utc, type Zone } from '../domain/zone.ts';
import type { TimeOptions } from './time-options.ts';

/** The options as the HTTP API takes them: local dates and times, which only people write, become instants. */
export function withInstants({ from, to, tz }: TimeOptions): {
  from?: string | number;
  to?: string | number;
  tz?: string;
} {
  const zone = (tz === undefined ? undefined : findZone(tz)) ?? utc;
  return {
    ...(from === undefined ? {} : { from: localInstant(from, zone) }),
    ...(to === undefined ? {} : { to: localInstant(to, zone) }),
    ...(tz === undefined ? {} : { tz }),
  };
}

/** The instant of a local date or time; any other text stays for others to judge. */
function localInstant(text: string, zone: Zone): string | number {
  const [, date, time = '00:00'] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text) ?? [];
  const wall = date === undefined ? undefined : parseInstant(`${date}T${time}Z`);
  return wall === undefined ? text : zone.fromWall(wall);
}
