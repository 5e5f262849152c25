import type { RefreshStateBody } from '../api/bodies.ts';
import { lengthText, moment } from '../time/format-time.ts';
import { type Instant, SECOND } from '../time/spans.ts';

/** How far a refresh that was asked for on this page has come. */
export type RefreshState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'asking' }
  /** `cutSince` tells since when nothing is heard of it. */
  | { readonly phase: 'running'; readonly body: RefreshStateBody; readonly cutSince: Instant | null }
  /** Built; the new picture is on its way. */
  | { readonly phase: 'swapping'; readonly body: RefreshStateBody }
  | { readonly phase: 'done' }
  | { readonly phase: 'failed'; readonly reason: string; readonly at: Instant };

export type RefreshStep =
  | { readonly step: 'asked' }
  | { readonly step: 'heard'; readonly body: RefreshStateBody; readonly at: Instant }
  | { readonly step: 'cut'; readonly at: Instant }
  | { readonly step: 'swapped' }
  | { readonly step: 'failed'; readonly reason: string; readonly at: Instant };

export const IDLE: RefreshState = { phase: 'idle' };

export function nextRefreshState(state: RefreshState, step: RefreshStep): RefreshState {
  switch (step.step) {
    case 'asked':
      return { phase: 'asking' };
    case 'heard':
      return afterHearing(step.body, step.at);
    case 'cut':
      return state.phase === 'running' ? { ...state, cutSince: state.cutSince ?? step.at } : state;
    case 'swapped':
      return { phase: 'done' };
    case 'failed':
      return { phase: 'failed', reason: step.reason, at: step.at };
  }
}

function afterHearing(body: RefreshStateBody, at: Instant): RefreshState {
  if (body.state === 'committed') return { phase: 'swapping', body };
  if (body.state === 'failed') return { phase: 'failed', reason: body.error ?? 'no reason was given', at };
  if (body.state === 'cancelled') return { phase: 'failed', reason: 'it was cancelled', at };
  return { phase: 'running', body, cutSince: null };
}

/** A failure is news until a newer picture is there, whoever had it built. */
export const settled = (state: RefreshState, generatedAt: Instant | undefined): RefreshState =>
  state.phase === 'failed' && generatedAt !== undefined && generatedAt > state.at ? IDLE : state;

export const isEnded = ({ state }: RefreshStateBody): boolean =>
  state === 'committed' || state === 'failed' || state === 'cancelled';

export const isBusy = ({ phase }: RefreshState): boolean =>
  phase === 'asking' || phase === 'running' || phase === 'swapping';

/** The part that is done, 0 to 1; undefined while it is unknown. */
export function refreshRatio(state: RefreshState): number | undefined {
  if (state.phase === 'swapping') return 1;
  if (state.phase !== 'running' || !state.body.progress || state.body.progress.total <= 0) return undefined;
  return Math.min(1, state.body.progress.done / state.body.progress.total);
}

/** `step 2 of 3: 1h staged and validated · about 2 s left`. */
export function refreshText(state: RefreshState, zone: string, now: Instant): string {
  if (state.phase === 'asking') return 'asking for it';
  if (state.phase === 'swapping') return 'built, reading it';
  if (state.phase !== 'running') return '';
  const { body, cutSince } = state;
  if (cutSince !== null) return `nothing heard since ${moment(cutSince, zone, now)}, asking again`;
  const parts = [body.state === 'queued' ? 'waiting for its turn' : buildingText(body)];
  if (body.eta !== null && body.eta > now) {
    parts.push(`about ${lengthText(Math.max(SECOND, body.eta - now))} left`);
  }
  return parts.join(' · ');
}

function buildingText({ progress }: RefreshStateBody): string {
  if (!progress || progress.done === 0) return 'building';
  return `step ${progress.done} of ${progress.total}${progress.note === '' ? '' : `: ${progress.note}`}`;
}

/** What a screen reader is told: the ends of a refresh, not each step. */
export function refreshSaid(state: RefreshState): string {
  if (state.phase === 'asking' || (state.phase === 'running' && state.cutSince === null)) return 'Refreshing.';
  if (state.phase === 'running') return 'The connection is cut; the refresh goes on.';
  if (state.phase === 'done') return 'Refreshed: the newest version is shown.';
  if (state.phase === 'failed') return `The refresh failed: ${state.reason}. The last good picture stays.`;
  return '';
}
