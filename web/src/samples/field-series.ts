import type { SeriesBody } from '../api/bodies.ts';

/** The series that a field of `primary` is stored as: the same labels, and a metric that is the field or ends with it. */
export function fieldSeries(
  candidates: readonly SeriesBody[],
  primary: Pick<SeriesBody, 'id' | 'labels'>,
  field: string,
): SeriesBody | undefined {
  const labels = labelKey(primary.labels);
  return candidates.find(
    ({ id, metric, labels: own }) =>
      id !== primary.id && (metric === field || metric.endsWith(`.${field}`)) && labelKey(own) === labels,
  );
}

const labelKey = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
