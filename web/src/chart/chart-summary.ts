import type { RangeBody } from '../api/bodies.ts';
import { lengthText, spanText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { countText, percentText, valueText } from '../values/format-value.ts';
import { runsOf } from './buckets.ts';
import { ASKED, type GapWording, REASONS } from './gaps.ts';

/** What the chart shows, in words, for those who cannot see it. */
export function chartSummary(range: RangeBody, zone: string, now: Instant, wording: GapWording = ASKED): string {
  const { series, overall, totalSamples, envelope } = range;
  const when = spanText({ from: range.start, to: range.end }, zone, now);
  if (!overall) return `${series.title}, ${when}: no samples. ${missingText(range, wording)}`.trim();
  const { unit } = series;
  const runs = runsOf(range);
  const pieces = runs.length === 1 ? 'without a gap' : `in ${runs.length} pieces with gaps between`;
  const last = runs.at(-1)?.at(-1)?.point;
  return [
    `${series.title}, ${when}: average ${valueText(overall.avg, unit)}, from ${valueText(overall.min, unit)} to ${valueText(overall.max, unit)},`,
    `${countText(totalSamples)} samples in buckets of ${lengthText(range.step)}, drawn ${pieces}.`,
    last ? `Last value ${valueText(last.value, unit)}${last.partial ? ', not final' : ''}.` : '',
    envelope.coverage.ratio === null ? '' : `Coverage ${percentText(envelope.coverage.ratio)}.`,
    missingText(range, wording),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function missingText({ envelope }: RangeBody, { label }: GapWording): string {
  const { coverage } = envelope;
  const lengths = {
    failed: coverage.failed,
    'never-asked': coverage.neverAsked,
    empty: coverage.empty,
    'not-closed': coverage.notClosed,
  };
  const parts = REASONS.filter((reason) => lengths[reason] > 0).map(
    (reason) => `${lengthText(lengths[reason])} ${label[reason]}`,
  );
  return parts.length === 0 ? '' : `Missing: ${parts.join(', ')}.`;
}
