import type { Command } from 'commander';

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
