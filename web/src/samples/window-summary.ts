import type { ChartModel } from '../chart/chart-model.ts';
import { REASONS } from '../chart/gaps.ts';
import { lengthText, spanText } from '../time/format-time.ts';
import { type Instant, overlapOf } from '../time/spans.ts';
import { countText, valueText } from '../values/format-value.ts';
import type { WindowNumbers } from './window-numbers.ts';

/** What a chart of a window shows, in words, for those who cannot see it. */
export function windowSummary(
  title: string,
  model: ChartModel,
  numbers: WindowNumbers | undefined,
  segment: number,
  now: Instant,
): string {
  const head = `${title}, ${spanText(model.shown, model.zone, now)}`;
  if (!numbers) return [`${head}: no samples.`, missingText(model)].filter(Boolean).join(' ');
  const value = (number: number): string => valueText(number, model.unit);
  const pieces = model.runs.length === 1 ? 'without a gap' : `in ${model.runs.length} pieces with gaps between`;
  const open = model.buckets.at(-1)?.open ? ', its segment still open' : '';
  return [
    `${head}: average ${value(numbers.avg)}, from ${value(numbers.min)} to ${value(numbers.max)},`,
    `${countText(numbers.samples)} samples in segments of ${lengthText(segment)}, drawn ${pieces}.`,
    `Latest ${value(numbers.latest.avg)}${open}.`,
    missingText(model),
  ]
    .filter(Boolean)
    .join(' ');
}

function missingText({ missing, shown, wording }: ChartModel): string {
  const parts = REASONS.flatMap((reason) => {
    const total = missing.reduce((sum, range) => sum + (range.reason === reason ? overlapOf(range, shown) : 0), 0);
    return total > 0 ? [`${lengthText(total)} ${wording.label[reason]}`] : [];
  });
  return parts.length === 0 ? '' : `Missing: ${parts.join(', ')}.`;
}
