import type { RefreshStateBody } from '../api/bodies.ts';

export const REFRESH_EVENTS = ['queued', 'started', 'progress', 'committed', 'failed'] as const;
export type RefreshEventName = (typeof REFRESH_EVENTS)[number];

type State = RefreshStateBody['state'];

const ORDER: Readonly<Record<State, number>> = { queued: 0, started: 1, committed: 2, failed: 2, cancelled: 2 };

/**
 * What is known after an event; undefined for one that cannot be read. A stream that is opened anew tells everything from the
 * beginning: what is known already is not taken back.
 */
export function afterEvent(
  before: RefreshStateBody,
  name: RefreshEventName,
  text: unknown,
): RefreshStateBody | undefined {
  const data = readData(text);
  if (!data) return undefined;
  const state: State = name === 'progress' ? 'started' : name;
  if (ORDER[state] < ORDER[before.state]) return before;
  const { done, total, note, error } = data;
  const isNewer = typeof done === 'number' && done >= (before.progress?.done ?? 0);
  return {
    ...before,
    state,
    progress:
      isNewer && typeof total === 'number'
        ? { done, total, note: typeof note === 'string' ? note : '' }
        : before.progress,
    error: typeof error === 'string' ? error : before.error,
  };
}

function readData(text: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const data = JSON.parse(String(text)) as unknown;
    return typeof data === 'object' && data !== null ? { ...data } : undefined;
  } catch {
    return undefined;
  }
}
