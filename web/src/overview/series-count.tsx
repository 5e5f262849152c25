import { useQuery } from '@tanstack/react-query';
import { seriesCountQuery } from '../api/queries.ts';
import { countText } from '../values/format-value.ts';

export function SeriesCount({ search }: { readonly search: string }) {
  const { data } = useQuery(seriesCountQuery(search));
  return <span className="ml-1 text-sm font-normal text-ink-3">{data ? countText(data.total) : ''}</span>;
}
