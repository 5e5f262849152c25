import type { PairSettings } from '../../src/activity/activity-config.ts';
import type { LogEvent } from '../../src/activity/event.ts';

/** An answer found by looking at everything at once. */
export interface Answer {
  readonly subject: string;
  readonly at: number;
  readonly latency: number;
  readonly actor: string | null;
}

/** What a set of events comes to, in whatever order it is given: answers, and since when what is open. */
export function pairByBruteForce(
  { from, to }: PairSettings,
  events: readonly LogEvent[],
): { answers: Answer[]; open: Map<string, number> } {
  const answers: Answer[] = [];
  const open = new Map<string, number>();
  const unique = [...new Map(events.map((event) => [event.id, event])).values()].filter(
    ({ type, subject }) => subject !== null && (type === from || to.includes(type)),
  );
  const rank = ({ type }: LogEvent) => (type === from ? 0 : 1);
  unique.sort((a, b) => a.at - b.at || rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  for (const { type, subject, at, actor } of unique) {
    const key = subject as string;
    const since = open.get(key);
    if (type === from) {
      if (since === undefined) open.set(key, at);
    } else if (since !== undefined) {
      answers.push({ subject: key, at, latency: at - since, actor });
      open.delete(key);
    }
  }
  return { answers, open };
}
