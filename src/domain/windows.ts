import { DAY, HOUR, type Instant, type Interval, MINUTE, SECOND } from './time.ts';

/**
 * The windows that are published, and in how many equal segments: the one list that the builder, the API, the command line and the page
 * share. A month is a twelfth of 365 days, so that 12m is a year and any number of months a fixed length.
 */
export const MONTH = (365 * DAY) / 12;

export const WINDOW_NAMES = ['1h', '10h', '1d', '10d', '3m', '12m'] as const;
export type WindowName = (typeof WINDOW_NAMES)[number];

export const GRANULARITIES = [20, 100, 250, 500] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** The finest granularity; each of the others divides it, so that they are merged from its segments and agree with them. */
export const FINEST: Granularity = 500;

export interface WindowRule {
  /** Milliseconds. */
  readonly length: number;
  /** At least so long between two builds of one series, however often its samples change. */
  readonly buildEvery: number;
  /** How long a cache in front may keep it. */
  readonly timeToLive: number;
}

export const WINDOWS: Readonly<Record<WindowName, WindowRule>> = {
  '1h': { length: HOUR, buildEvery: 5 * SECOND, timeToLive: 30 * SECOND },
  '10h': { length: 10 * HOUR, buildEvery: 15 * SECOND, timeToLive: 60 * SECOND },
  '1d': { length: DAY, buildEvery: 30 * SECOND, timeToLive: 60 * SECOND },
  '10d': { length: 10 * DAY, buildEvery: MINUTE, timeToLive: 5 * MINUTE },
  '3m': { length: 3 * MONTH, buildEvery: 5 * MINUTE, timeToLive: 10 * MINUTE },
  '12m': { length: 12 * MONTH, buildEvery: 15 * MINUTE, timeToLive: 15 * MINUTE },
};

/** Why a window is behind when nothing is wrong: its next build is not due yet. Any other reason is trouble. */
export const WAITS_FOR_BUILD = 'newer samples wait for the next build';

/** Which windows of a series are published, and how finely. */
export interface PublishedSet {
  readonly windows: readonly WindowName[];
  readonly granularities: readonly Granularity[];
}

/** The window of exactly this length, if there is one. */
export const windowOfLength = (length: number): WindowName | undefined =>
  WINDOW_NAMES.find((name) => WINDOWS[name].length === length);

/** Where the window ends that is built `now`: with the second for short ones, with the minute for those of a day and more. */
export function windowRange(name: WindowName, now: Instant): Interval {
  const { length } = WINDOWS[name];
  return rangeEnding(now, length);
}

/** The range of `length` that ends with the running second, or minute from a day on: the instants of one second share one answer. */
export function rangeEnding(now: Instant, length: number): Interval {
  const quantum = length < DAY ? SECOND : MINUTE;
  const to = Math.floor(now / quantum) * quantum + quantum;
  return { from: to - length, to };
}

/** Above this, edges are moved down to whole minutes: at most 5 % of a segment, and no raw sample need be read for them. */
const COARSE_SEGMENT = 20 * MINUTE;

/**
 * The edges of `count` equal segments of a range: `count + 1` of them, the first and last those of the range. Segments longer than 20
 * minutes begin on whole minutes. The edges of 250, 100 and 20 segments are among those of 500.
 */
export function segmentEdges({ from, to }: Interval, count: number): Float64Array {
  const edges = new Float64Array(count + 1);
  const isCoarse = to - from > COARSE_SEGMENT * FINEST;
  for (let index = 0; index <= count; index++) {
    const exact = from + Math.round(((to - from) * index) / count);
    edges[index] = isCoarse && index > 0 && index < count ? Math.floor(exact / MINUTE) * MINUTE : exact;
  }
  return edges;
}

/** Names of the files of one artifact: the body, and what is known of it. */
export const artifactName = (window: WindowName, granularity: Granularity): string =>
  `latest_${window}_${granularity}.json`;

export const artifactMetaName = (window: WindowName, granularity: Granularity): string =>
  `latest_${window}_${granularity}.meta.json`;
