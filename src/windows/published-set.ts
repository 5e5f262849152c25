import { GRANULARITIES, type PublishedSet, WINDOW_NAMES } from '../domain/windows.ts';
import type { PublishableSeries } from '../store/publishable-series.ts';
import type { WindowsSettings } from './windows-config.ts';

const ALL: PublishedSet = { windows: WINDOW_NAMES, granularities: GRANULARITIES };
const NONE: PublishedSet = { windows: [], granularities: GRANULARITIES };

/**
 * What is published of a series: by the first rule that fits it, else all windows of the first field of what one sender measures together, and
 * none of anything else. The other fields are dimensions of the first one's windows; a window of each of them would hold the same once more.
 */
export function publishedSetOf(
  { rules }: Pick<WindowsSettings, 'rules'>,
  { metric, labels, sourceKind, isPrimary }: Pick<PublishableSeries, 'metric' | 'labels' | 'sourceKind' | 'isPrimary'>,
): PublishedSet {
  const rule = rules.find(
    (candidate) =>
      candidate.metric.test(metric) &&
      Object.entries(candidate.labels).every(([name, value]) => labels[name] === value),
  );
  return rule ?? (sourceKind === 'push' && isPrimary ? ALL : NONE);
}
