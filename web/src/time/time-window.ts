import { DAY, HOUR, type Instant, MINUTE, type Span } from './spans.ts';
import { isZone } from './zone.ts';

export const WINDOWS = ['1h', '6h', '24h', '7d', '30d', '90d', '1y'] as const;
export type WindowName = (typeof WINDOWS)[number];

const LENGTHS: Readonly<Record<WindowName, number>> = {
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '90d': 90 * DAY,
  '1y': 365 * DAY,
};

const DEFAULT_WINDOW: WindowName = '24h';
const SHORTEST = MINUTE;
const LONGEST = 20 * 365 * DAY;
const EARLIEST = 0;

/** What a chart shows: a length that ends now and moves on, or a fixed range. */
export type TimeWindow = { readonly window: WindowName } | Span;

export const isMoving = (shown: TimeWindow): shown is { readonly window: WindowName } => 'window' in shown;

export const spanOf = (shown: TimeWindow, now: Instant): Span =>
  isMoving(shown) ? { from: now - LENGTHS[shown.window], to: now } : shown;

const isWindowName = (text: string): text is WindowName => (WINDOWS as readonly string[]).includes(text);

function instantIn(text: string | null): Instant | undefined {
  if (text === null || text === '') return undefined;
  const value = /^\d{1,14}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(value) && value >= EARLIEST ? value : undefined;
}

/** Reads `?window=7d` or `?from=&to=`, and `tz`. Anything unreadable falls back to the default instead of an error. */
export function readWindow(search: string): { shown: TimeWindow; zone: string | undefined } {
  const query = new URLSearchParams(search);
  const tz = query.get('tz');
  const zone = tz !== null && isZone(tz) ? tz : undefined;
  const [from, to] = [instantIn(query.get('from')), instantIn(query.get('to'))];
  if (from !== undefined && to !== undefined && to > from) return { shown: { from, to }, zone };
  const name = query.get('window') ?? '';
  return { shown: { window: isWindowName(name) ? name : DEFAULT_WINDOW }, zone };
}

export function writeWindow(shown: TimeWindow, zone: string | undefined): string {
  const query = new URLSearchParams();
  if (isMoving(shown)) query.set('window', shown.window);
  else {
    query.set('from', isoSeconds(shown.from));
    query.set('to', isoSeconds(shown.to));
  }
  if (zone !== undefined) query.set('tz', zone);
  // Colons and slashes are allowed in a query; unescaped they can be read by people.
  return `?${query.toString().replaceAll('%3A', ':').replaceAll('%2F', '/')}`;
}

const isoSeconds = (instant: Instant): string => new Date(instant).toISOString().replace('.000Z', 'Z');

/** Moves by a part of the length; to the right no further than now, where a known length becomes a moving window again. */
export function pan(span: Span, part: number, now: Instant): TimeWindow {
  const length = span.to - span.from;
  const to = Math.min(Math.max(span.to + length * part, EARLIEST + length), Math.max(now, span.to));
  return settle({ from: to - length, to }, now);
}

/** Changes the length around the middle; `factor` under 1 zooms in. */
export function zoom(span: Span, factor: number, now: Instant): TimeWindow {
  const length = Math.min(LONGEST, Math.max(SHORTEST, (span.to - span.from) * factor));
  const middle = (span.from + span.to) / 2;
  const to = Math.min(middle + length / 2, Math.max(now, span.to));
  return settle({ from: Math.max(EARLIEST, to - length), to }, now);
}

/** The range between two instants of a brush, on whole minutes where that does not matter to the eye. */
export function brushed(a: Instant, b: Instant): Span | undefined {
  const [from, to] = a < b ? [a, b] : [b, a];
  const grain = to - from > 2 * HOUR ? MINUTE : 1_000;
  const rounded = { from: Math.floor(from / grain) * grain, to: Math.ceil(to / grain) * grain };
  return rounded.to - rounded.from >= SHORTEST ? rounded : undefined;
}

function settle({ from, to }: Span, now: Instant): TimeWindow {
  const length = to - from;
  if (to >= now - length / 50) {
    const name = WINDOWS.find((candidate) => Math.abs(LENGTHS[candidate] - length) < length / 50);
    if (name) return { window: name };
  }
  return { from: Math.round(from / 1000) * 1000, to: Math.round(to / 1000) * 1000 };
}

/** Why two local times cannot be a range, or `undefined` when they can. */
export function rangeProblem(from: Instant | undefined, to: Instant | undefined, now: Instant): string | undefined {
  if (from === undefined || to === undefined) return 'Give both times.';
  if (to <= from) return 'The end must be after the start.';
  if (to - from < SHORTEST) return 'Show at least a minute.';
  if (to - from > LONGEST) return 'Show at most 20 years.';
  if (from >= now) return 'The start lies in the future.';
  return undefined;
}
