import type { Instant } from '../time/spans.ts';

let ahead = 0;

/** Remembers how far the clock of the server is from the one here: freshness is judged by the clock that wrote the stamps. */
export function learnServerTime(dateHeader: string | null): void {
  const stamp = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  if (!Number.isFinite(stamp)) return;
  const difference = stamp + 500 - Date.now();
  // The header has whole seconds: small differences are noise.
  ahead = Math.abs(difference) < 2_000 ? 0 : difference;
}

export const serverNow = (): Instant => Date.now() + ahead;
