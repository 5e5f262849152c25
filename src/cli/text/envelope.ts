import type { Envelope } from '../../domain/envelope.ts';
import type { MissingRange, MissingReason } from '../../domain/missing.ts';
import type { Interval } from '../../domain/time.ts';
import type { Zone } from '../../domain/zone.ts';
import { count, percentText } from './numbers.ts';
import { oneLine, shorten } from './printable.ts';
import { aboutText, timeText } from './times.ts';

const REASON_TEXT: Readonly<Record<MissingReason, string>> = {
  'never-asked': 'never asked',
  empty: 'never written',
  failed: 'failed',
  'not-closed': 'not closed yet',
};

export const reasonText = (reason: MissingReason): string => REASON_TEXT[reason];

const SHOWN = 5;
const DETAIL_WIDTH = 100;

/** What an answer knows of itself, in words, a line each. */
export function envelopeLines(envelope: Envelope, range: Interval, frozen: boolean, zone: Zone): string[] {
  const { watermark, coverage, version, partial } = envelope;
  const at = (instant: number): string => timeText(instant, zone);
  const open = partial.find(({ reason }) => reason === 'open');
  return [
    watermark === null
      ? 'nothing has landed yet'
      : `complete to ${at(watermark)}${frozen ? '; closed, only a restatement can change this' : ''}`,
    ...(coverage.ratio === null ? [] : [`${percentText(coverage.ratio)} of the range is there`]),
    ...(coverage.dataFrom !== null && coverage.dataFrom > range.from
      ? [`the data begins ${at(coverage.dataFrom)}`]
      : []),
    ...missingLines(envelope, zone),
    ...(open ? [`open since ${at(open.from)}: what stands there may still change`] : []),
    ...(version > 1 ? [`restated ${count(version - 1, 'time')}`] : []),
    ...refreshLines(envelope, zone),
  ];
}

/** The longest missing ranges, each with its reason, and how many more there are. */
export function missingLines(
  { missing, missingOmitted }: Pick<Envelope, 'missing' | 'missingOmitted'>,
  zone: Zone,
): string[] {
  // What is not closed yet is no loss; that it is open is said elsewhere.
  const lost = missing.filter(({ reason }) => reason !== 'not-closed');
  const longest = [...lost].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, SHOWN);
  const more = lost.length - longest.length + missingOmitted;
  return [
    ...longest.sort((a, b) => a.from - b.from).map((range) => missingLine(range, zone)),
    ...(more > 0 ? [`missing: ${more} more, all shorter`] : []),
  ];
}

function missingLine({ from, to, reason, detail }: MissingRange, zone: Zone): string {
  const what = shorten(oneLine(detail), DETAIL_WIDTH);
  // Of nothing there is only to say how it is known.
  const why = reason === 'empty' ? what : `${REASON_TEXT[reason]}, ${what}`;
  return `missing ${timeText(from, zone)} to ${timeText(to, zone)} (${aboutText(to - from)}): ${why}`;
}

function refreshLines({ refresh }: Envelope, zone: Zone): string[] {
  const { state, since, lastError, nextAttemptAt, jobId } = refresh;
  const next = nextAttemptAt === null ? '' : `next read ${timeText(nextAttemptAt, zone)}`;
  switch (state) {
    case 'failing':
      return [
        `failing since ${since === null ? 'an unknown time' : timeText(since, zone)}: ${oneLine(lastError ?? 'no reason known')}${next && `; ${next}`}`,
      ];
    case 'running':
      return [`being read now${jobId === null ? '' : ` by job ${jobId}`}`];
    case 'scheduled':
      return [next];
    case 'idle':
      return [];
  }
}
