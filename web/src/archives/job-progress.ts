import type { JobBody } from '../api/bodies.ts';
import { lengthText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { countText } from '../values/format-value.ts';

/** The part of a job that is done, 0 to 1; undefined while its size is unknown. */
export function doneRatio({ progress, state }: JobBody): number | undefined {
  if (state === 'succeeded') return 1;
  if (!progress || progress.total === null || progress.total <= 0) return undefined;
  return Math.min(1, progress.done / progress.total);
}

/** `1,240 of 9,800 objects · 132/s · 1 min 4 s left`. */
export function progressText(job: JobBody, now: Instant): string {
  const { progress } = job;
  if (!progress) return job.state === 'queued' ? 'waiting for its turn' : '';
  const { done, total, unit, rate, endsAt } = progress;
  const parts = [total === null ? `${countText(done)} ${unit}` : `${countText(done)} of ${countText(total)} ${unit}`];
  if (job.state === 'running') {
    if (rate !== null && rate > 0) parts.push(rate >= 10 ? `${countText(rate)}/s` : `${rate.toFixed(1)}/s`);
    if (endsAt !== null && endsAt > now) parts.push(`${lengthText(endsAt - now)} left`);
  }
  return parts.join(' · ');
}

const KIND_NAMES: Readonly<Record<string, string>> = {
  'archive-backfill': 'Backfill',
  'archive-tail': 'Follow',
};

export const isLive = ({ state }: JobBody): boolean => state === 'queued' || state === 'running';

/** What a job does and to what: `Backfill snapshots`. */
export function jobTitle({ kind, input }: JobBody): string {
  const name = KIND_NAMES[kind] ?? kind.replaceAll('-', ' ');
  const target = input.archive ?? input.source ?? input.name;
  return typeof target === 'string' ? `${name} ${target}` : name;
}

/** The result of a finished job as `samples 1,234,567 · objects 20,160`; nested values are left to the API. */
export function resultText(result: JobBody['result']): string {
  return Object.entries(result ?? {})
    .filter((entry): entry is [string, string | number] => ['string', 'number'].includes(typeof entry[1]))
    .map(([name, value]) => `${words(name)} ${typeof value === 'number' ? countText(value) : value}`)
    .join(' · ');
}

const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
