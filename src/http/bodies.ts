import { clip } from '../domain/intervals.ts';
import { type Series, summaryOf } from '../domain/series.ts';
import { DAY, floorTo, HOUR, type Instant, toIso } from '../domain/time.ts';
import { refreshOf } from '../history/envelope.ts';
import type { SourceKnowledge } from '../history/memory.ts';
import type { Job } from '../store/jobs.ts';
import type { JobBody, SeriesBody, SourceBody } from './contract.ts';

export const seriesBody = (series: Series, source: string): SeriesBody => summaryOf(series, source);

export const jobBody = (job: Job): JobBody => ({
  id: job.id,
  kind: job.kind,
  input: { ...job.input },
  state: job.state,
  cancelRequested: job.cancelRequested,
  progress: job.progress,
  result: job.result && { ...job.result },
  error: job.error,
  attempts: job.attempts,
  createdAt: job.createdAt,
  startedAt: job.startedAt,
  finishedAt: job.finishedAt,
});

export function sourceBody(knowledge: SourceKnowledge, now: Instant): SourceBody {
  const { source, ledger, closed } = knowledge;
  const thisHour = samplesOfHour(knowledge, now);
  return {
    name: source.name,
    kind: source.kind,
    location: source.location,
    interval: source.interval,
    dataFrom: ledger.firstData,
    dataTo: ledger.lastData,
    watermark: ledger.watermark,
    closedTo: closed.at(-1)?.to ?? null,
    lastAttemptAt: source.lastAttemptAt,
    lastSuccessAt: source.lastSuccessAt,
    refresh: refreshOf(knowledge),
    thisHour,
    text: sourceText(knowledge, thisHour, now),
  };
}

/** Samples of the running hour: how many could be there by now, and how many are. */
function samplesOfHour({ source, ledger }: SourceKnowledge, now: Instant): SourceBody['thisHour'] {
  const { interval } = source;
  if (interval === null || interval > HOUR) return null;
  const from = floorTo(now, HOUR);
  const had = ledger.overlapping({ from, to: now }).filter(({ state }) => state === 'have');
  const have = clip(had, { from, to: from + HOUR }).reduce((total, range) => total + range.to - range.from, 0);
  const expected = Math.floor((now - from) / interval);
  // The sample that is being made may be there before its interval is over.
  return { expected: Math.max(expected, Math.round(have / interval)), have: Math.round(have / interval) };
}

function sourceText(
  { source, ledger, running }: SourceKnowledge,
  thisHour: SourceBody['thisHour'],
  now: Instant,
): string {
  const parts = [ledger.watermark === null ? 'no data yet' : `complete to ${clockText(ledger.watermark, now)}`];
  if (thisHour) parts.push(`${thisHour.have}/${thisHour.expected} samples this hour`);
  parts.push(`reads ${source.location}`);
  if (source.failingSince !== null) parts.push(`failing since ${clockText(source.failingSince, now)}`);
  if (running) parts.push('reading now');
  else if (source.nextAttemptAt !== null) parts.push(`next try ${clockText(source.nextAttemptAt, now)}`);
  return parts.join(', ');
}

/** `14:02Z`, with the date when it is another day. */
function clockText(instant: Instant, now: Instant): string {
  const [date, time] = toIso(instant).split('T') as [string, string];
  const clock = `${time.slice(0, 5)}Z`;
  return floorTo(instant, DAY) === floorTo(now, DAY) ? clock : `${date} ${clock}`;
}
