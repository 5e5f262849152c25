import { DAY, HOUR, MINUTE } from './time.ts';

/** The bucket sizes that history is rolled up to, finest first. Each divides the next, so a parent is built from its children alone. */
export const LADDER = [MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY] as const;

export type Level = (typeof LADDER)[number];

/**
 * The levels kept for a series whose samples are `interval` milliseconds apart (null: irregular, all levels are kept).
 * A level that is not coarser than the data would store each sample a second time.
 */
export const keptLevels = (interval: number | null): readonly Level[] =>
  interval === null ? LADDER : LADDER.filter((level) => level > interval);
