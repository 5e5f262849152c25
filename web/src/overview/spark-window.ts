import { DAY, HOUR, type Instant, MINUTE } from '../time/spans.ts';

export interface SparkWindow {
  /** As the API takes it. */
  readonly window: string;
  readonly label: string;
  /** What the address of the series' own page says; nothing for its default. */
  readonly search: string;
}

const WINDOWS: readonly (SparkWindow & { readonly length: number })[] = [
  { length: 15 * MINUTE, window: '15m', label: '15 min', search: '?window=1h' },
  { length: HOUR, window: '1h', label: '1 h', search: '?window=1h' },
  { length: 6 * HOUR, window: '6h', label: '6 h', search: '?window=6h' },
  { length: DAY, window: '24h', label: '24 h', search: '' },
];

/** A day, or less for a source that began only lately: a minute of data cannot be seen in a day. */
export const sparkWindow = (dataFrom: Instant | null, now: Instant): SparkWindow =>
  (dataFrom !== null && WINDOWS.find(({ length }) => now - dataFrom <= length)) || (WINDOWS.at(-1) as SparkWindow);
