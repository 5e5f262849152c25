import type { WindowName } from '../../../src/domain/windows.ts';
import type { TimeWindow } from '../time/time-window.ts';

export interface RangeAsked {
  readonly shown: TimeWindow;
  readonly samples: number;
  readonly zone: string;
}

/** The first word of a key says what is cached under it; what an event of the feed touches is told by it. */
export const queryKeys = {
  sources: () => ['sources'] as const,
  seriesList: (source: string, search: string) => ['series-list', source, search] as const,
  seriesCount: () => ['series-count'] as const,
  series: (id: string) => ['series', id] as const,
  range: (id: string, asked: RangeAsked) => ['range', id, asked] as const,
  coverage: (id: string, zone: string) => ['coverage', id, zone] as const,
  sparklines: (ids: readonly string[], window: string) => ['sparklines', ids, window] as const,
  devices: () => ['devices'] as const,
  latest: (series: string, window: WindowName, samples: number) => ['latest', series, window, samples] as const,
  publications: () => ['publications'] as const,
  jobs: () => ['jobs'] as const,
  health: () => ['health'] as const,
  configuration: () => ['configuration'] as const,
};
