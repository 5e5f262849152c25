import { ceilTo, DAY, floorTo, HOUR, type Interval } from '../../domain/time.ts';
import type { KeyTemplate } from './key-template.ts';

/** Why an archive cannot have this interval with this key template, or undefined when it can. */
export function intervalProblem(interval: number, template: KeyTemplate): string | undefined {
  if (HOUR % interval !== 0 && interval % HOUR !== 0)
    return 'an interval must divide the hour evenly or be whole hours';
  if (interval < template.resolution) return `keys of the shape ${template.text} are further apart than the interval`;
  return undefined;
}

/** What is closed at once: an hour, or one interval where that is longer. */
export const unitOf = (interval: number): number => Math.max(HOUR, interval);

/** What is listed, read and frozen at once: a day, or as many units as fill one. */
const chunkOf = (unit: number): number => ceilTo(DAY, unit);

/** A range in pieces of about a day, each but the outermost ones whole. */
export function chunksOf(range: Interval, unit: number, order: 'newest-first' | 'oldest-first'): readonly Interval[] {
  const size = chunkOf(unit);
  const chunks: Interval[] = [];
  for (let from = floorTo(range.from, size); from < range.to; from += size) {
    chunks.push({ from: Math.max(from, range.from), to: Math.min(from + size, range.to) });
  }
  return order === 'oldest-first' ? chunks : chunks.reverse();
}
