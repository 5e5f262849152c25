import type { JobBody } from '../api/bodies.ts';
import { lengthText } from '../time/format-time.ts';
import type { Instant, Span } from '../time/spans.ts';
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
  'archive-recheck': 'Look over',
  'window-refresh': 'Refresh window',
};

export const isLive = ({ state }: JobBody): boolean => state === 'queued' || state === 'running';

/** Jobs that come by themselves every few minutes, or by a button; only their failures are news. */
const ROUTINE: readonly string[] = ['archive-tail', 'archive-recheck', 'window-refresh'];

/** Splits off routine jobs that ended well: of each kind and target the newest stays in the list. */
export function foldRoutine(jobs: readonly JobBody[]): { readonly shown: JobBody[]; readonly folded: number } {
  const seen = new Set<string>();
  const shown = jobs.filter((job) => {
    if (job.state !== 'succeeded' || !ROUTINE.includes(job.kind)) return true;
    const title = jobTitle(job);
    if (seen.has(title)) return false;
    seen.add(title);
    return true;
  });
  return { shown, folded: jobs.length - shown.length };
}

/** What a job does and to what: `Backfill snapshots`. */
export function jobTitle({ kind, input }: JobBody): string {
  const name = KIND_NAMES[kind] ?? kind.replaceAll('-', ' ');
  const target = input.archive ?? input.source ?? input.name ?? input.window;
  return typeof target === 'string' ? `${name} ${target}` : name;
}

/** The range a job was limited to, if it was. */
export function jobSpan({ input }: JobBody): Span | undefined {
  const { from, to } = input;
  return typeof from === 'number' && typeof to === 'number' ? { from, to } : undefined;
}

/** The result of a finished job as `samples 1,234,567 · objects 20,160`, without zeros; nested values are left to the API. */
export function resultText(result: JobBody['result']): string {
  const known = Object.entries(result ?? {}).filter((entry): entry is [string, string | number] =>
    ['string', 'number'].includes(typeof entry[1]),
  );
  const telling = known.filter(([, value]) => value !== 0 && value !== '');
  if (telling.length === 0) return known.length > 0 ? 'nothing new' : '';
  return telling
    .map(([name, value]) => `${words(name)} ${typeof value === 'number' ? countText(value) : value}`)
    .join(' · ');
}

const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
