import type { Instant } from './spans.ts';
import { instantOfWall, wallOf } from './zone.ts';

/** The value of a `datetime-local` field for an instant as the clocks of the zone show it. */
export const toLocalInput = (instant: Instant, zone: string): string =>
  new Date(wallOf(zone, instant)).toISOString().slice(0, 16);

export function fromLocalInput(text: string, zone: string): Instant | undefined {
  const wall = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return Number.isFinite(wall) ? instantOfWall(zone, wall) : undefined;
}
