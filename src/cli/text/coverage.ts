import { findZone, utc } from '../../domain/zone.ts';
import type { SeriesCoverageBody } from '../../http/contract.ts';
import type { SourceCoverage } from '../../http/coverage.ts';
import { calendarStrip } from './calendar.ts';
import { missingLines } from './envelope.ts';
import { count, percentText } from './numbers.ts';
import { oneLine } from './printable.ts';
import { timeText } from './times.ts';

const RESTATEMENTS_SHOWN = 3;

/** Coverage for reading: the sentence, a calendar of days, the longest missing ranges, the latest restatements. */
export function coverageText(
  name: string,
  body: SourceCoverage,
  restatements: SeriesCoverageBody['restatements'] = [],
): string {
  const zone = findZone(body.zone) ?? utc;
  const { ratio } = body.coverage;
  const latest = [...restatements].sort((a, b) => b.at - a.at).slice(0, RESTATEMENTS_SHOWN);
  return [
    oneLine(name),
    body.text + (ratio === null ? '' : ` (${percentText(ratio)})`),
    ...(body.days.length > 0
      ? [`${timeText(body.from, zone)} to ${timeText(body.to, zone)} (${body.zone})`, '', calendarStrip(body.days), '']
      : []),
    ...missingLines(body, zone),
    ...(restatements.length > 0 ? [`${count(restatements.length, 'restatement')}, the latest:`] : []),
    ...latest.map(
      ({ version, from, to, reason }) =>
        `  version ${version}: ${timeText(from, zone)} to ${timeText(to, zone)}, ${oneLine(reason)}`,
    ),
  ]
    .join('\n')
    .trimEnd();
}
