import type { Format } from '../../sources/push/formats.ts';
import { UsageError } from '../failure.ts';

/** Gives a metric to rows that name none, without touching anything else in them. */
export function defaultMetric(format: Format, metric: string | undefined): (row: string, isHeader: boolean) => string {
  if (metric === undefined) return (row) => row;
  if (format === 'line') {
    throw new UsageError('--metric: every sample of line protocol names its metric; leave --metric out');
  }
  return format === 'csv' ? csvMetric(metric) : jsonMetric(metric);
}

/** A further column, unless there is one for metrics. */
function csvMetric(metric: string): (row: string, isHeader: boolean) => string {
  let suffix = '';
  return (row, isHeader) => {
    if (isHeader && !/(?:^|[,;\t])\s*"?metric"?\s*(?:[,;\t]|$)/i.test(row)) {
      const separator = /[,;\t]/.exec(row)?.[0] ?? ',';
      suffix = `${separator}${metric}`;
      return `${row}${separator}metric`;
    }
    return row.trim() === '' ? row : `${row}${suffix}`;
  };
}

/** A first member, so that stamps of more digits than a number holds stay as they were written. */
function jsonMetric(metric: string): (row: string) => string {
  const member = `{"metric":${JSON.stringify(metric)},`;
  return (row) => (/^\s*\{\s*"/.test(row) && !namesMetric(row) ? row.replace('{', () => member) : row);
}

function namesMetric(row: string): boolean {
  if (!row.includes('"metric"')) return false;
  try {
    return typeof (JSON.parse(row) as { metric?: unknown }).metric === 'string';
  } catch {
    return true;
  }
}
