const LIMIT = 60;

/** Zones that hold each word typed, those that begin with it first; with nothing typed, the likeliest. */
export function matchingZones(zones: readonly string[], typed: string, own: string): readonly string[] {
  const words = typed
    .toLowerCase()
    .split(/[\s_/]+/)
    .filter(Boolean);
  if (words.length === 0) return [...new Set([own, 'UTC', ...zones])].slice(0, LIMIT);
  const readable = (zone: string): string => zone.toLowerCase().replaceAll('_', ' ');
  const begins = (zone: string): boolean =>
    readable(zone)
      .split('/')
      .some((part) => part.startsWith(words[0] ?? ''));
  return zones
    .filter((zone) => words.every((word) => readable(zone).includes(word)))
    .sort((a, b) => Number(begins(b)) - Number(begins(a)))
    .slice(0, LIMIT);
}
