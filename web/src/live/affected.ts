import type { LatestBody, QueryResponseBody, RangeBody, SeriesCoverageBody } from '../api/bodies.ts';
import type { Span } from '../time/spans.ts';
import type { FeedEvent } from './feed-event.ts';

/** Whether an event may have changed what is cached under a key. `data` is undefined while the first answer is on its way. */
export function isAffected(event: FeedEvent, key: readonly unknown[], data: unknown): boolean {
  switch (key[0]) {
    case 'jobs':
      return event.kind === 'job';
    case 'sources':
      return event.kind !== 'frozen' && event.kind !== 'restated' && event.kind !== 'window';
    case 'series-list':
    case 'series-count':
      return event.kind === 'landed';
    case 'series':
      return event.kind === 'restated' && names(event, key[1]);
    case 'coverage':
      return isOfRange(event) && (data === undefined || comesFrom(event, data as SeriesCoverageBody));
    case 'range':
      return isOfRange(event) && (data === undefined || touches(event, data as RangeBody, isMovingKey(key)));
    case 'sparklines':
      return isOfRange(event) && event.kind !== 'source' && touchesAny(event, data as QueryResponseBody | undefined);
    case 'devices':
      return event.kind === 'landed' || event.kind === 'closed' || event.kind === 'source';
    case 'latest':
      return changesLatest(event, key, data as LatestBody | undefined);
    case 'publications':
      return event.kind === 'window';
    default:
      return false;
  }
}

type RangeEvent = Exclude<FeedEvent, { kind: 'job' | 'window' }>;

const isOfRange = (event: FeedEvent): event is RangeEvent => event.kind !== 'job' && event.kind !== 'window';

/** A published window changes when it is published; what is computed for each answer changes with the samples. */
function changesLatest(event: FeedEvent, key: readonly unknown[], data: LatestBody | undefined): boolean {
  if (event.kind === 'window') return event.payload.series === key[1] && event.payload.window === key[2];
  if (event.kind === 'landed' || event.kind === 'restated') {
    return data === undefined || (data.meta.source !== 'published' && comesFrom(event, data));
  }
  return false;
}

const comesFrom = (event: RangeEvent, { series }: { series: { source: string } }): boolean =>
  series.source === event.payload.source;

function touches(event: RangeEvent, range: RangeBody, moving: boolean): boolean {
  if (!comesFrom(event, range)) return false;
  if (event.kind === 'source') return true;
  if (event.kind === 'restated' && !names(event, range.series.id)) return false;
  return overlapsShown(event.payload, range, moving);
}

const overlapsShown = (changed: Span, { start, end }: RangeBody, moving: boolean): boolean =>
  changed.to > start && (moving || changed.from < end);

function touchesAny(event: RangeEvent, data: QueryResponseBody | undefined): boolean {
  if (data === undefined) return true;
  return data.results.some((result) => 'points' in result && touches(event, result, true));
}

/** A restatement of very many series names only the first of them. */
const names = (event: Extract<FeedEvent, { kind: 'restated' }>, id: unknown): boolean =>
  event.payload.count > event.payload.series.length || event.payload.series.some((series) => series === id);

const isMovingKey = (key: readonly unknown[]): boolean => {
  const asked = key[2] as { shown?: object } | undefined;
  return asked?.shown !== undefined && 'window' in asked.shown;
};
