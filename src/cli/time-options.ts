import type { Command } from 'commander';
import { parseInstant } from '../domain/time.ts';
import { findZone, utc, type Zone } from '../domain/zone.ts';

/** What the commands that look at a range of time understand. */
export interface TimeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly tz?: string;
}

/** Adds the options for a range of time. */
export const addTimeOptions = (command: Command): Command =>
  command
    .option('--from <time>', 'start: 2026-11-23, 2026-11-23T14:00 (both in --tz), with a zone, or epoch milliseconds')
    .option('--to <time>', 'end, not included; now when left out')
    .option('--tz <zone>', 'IANA zone of days and of the times shown, e.g. Europe/Berlin (UTC)');

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
