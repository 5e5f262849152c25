import { useQuery } from '@tanstack/react-query';
import { seriesCountQuery } from '../api/queries.ts';
import { countText } from '../values/format-value.ts';

/** All series, whatever is searched for. */
export function SeriesCount() {
  const { data } = useQuery(seriesCountQuery());
  return <span className="ml-1 text-sm font-normal text-ink-3">{data ? countText(data.total) : ''}</span>;
}
