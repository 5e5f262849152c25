import type { Database } from '../store/engine.ts';
import {
  readStepBefore,
  readStepsAfter,
  type StepKey,
  type StoredStep,
  type SubjectHead,
} from '../store/pair-steps.ts';
import { compareSteps, type MatchedStep, matchSteps, type Open, type Step, sameOpen } from './pairs.ts';

/** A step that is new, or came to something else than before. */
export interface StepChange {
  readonly before: StoredStep | undefined;
  readonly after: MatchedStep;
}

export interface Rematched {
  readonly changes: readonly StepChange[];
  /** The last step of the subject, where it is another one or came to something else. */
  readonly last: MatchedStep | undefined;
}

const CHUNK = 200;

/**
 * Puts new steps, in order, among those of a subject. Steps that come last, nearly all, cost no reading; an earlier one is matched anew
 * from its place on, until everything is as it was.
 */
export async function rematch(
  database: Database,
  { stream, pair, subject }: { readonly stream: number; readonly pair: string; readonly subject: string },
  head: SubjectHead | undefined,
  added: readonly Step[],
): Promise<Rematched> {
  const [first] = added;
  if (!first) return { changes: [], last: undefined };
  if (!head || compareSteps(first, stepOf({ ...head, actor: null })) > 0) {
    const matched = matchSteps(head ? openOf(head) : null, added);
    return { changes: matched.map((after) => ({ before: undefined, after })), last: matched.at(-1) };
  }
  const start = await readStepBefore(database, stream, pair, subject, keyOf(first));
  const changes: StepChange[] = [];
  let open = start ? openOf(start) : null;
  let cursor: StepKey | undefined = start;
  let rest = added;
  for (;;) {
    const chunk = await readStepsAfter(database, stream, pair, subject, cursor, CHUNK);
    const end = chunk.length < CHUNK ? undefined : (chunk.at(-1) as StoredStep);
    const taken = end ? rest.filter((step) => compareSteps(step, stepOf(end)) < 0) : rest;
    rest = rest.slice(taken.length);
    const stored = new Map(chunk.map((step) => [step.event, step]));
    const matched = matchSteps(open, [...chunk.map(stepOf), ...taken].sort(compareSteps));
    let toCome = taken.length;
    for (const after of matched) {
      const before = stored.get(after.event);
      if (!before) toCome--;
      const isSame = before && before.latency === after.latency && sameOpen(openOf(before), after.after);
      if (!isSame) changes.push({ before, after });
      // From here on nothing differs from what is stored.
      else if (toCome === 0 && rest.length === 0) return { changes, last: undefined };
    }
    if (!end) return { changes, last: matched.at(-1) };
    open = matched.at(-1)?.after ?? null;
    cursor = end;
  }
}

const openOf = ({ openAt, openActor }: Pick<StoredStep, 'openAt' | 'openActor'>): Open | null =>
  openAt === null ? null : { at: openAt, actor: openActor };

const stepOf = ({ at, place, event, actor }: StepKey & { readonly actor: string | null }): Step => ({
  at,
  kind: place === 0 ? 'open' : 'close',
  event,
  actor,
});

const keyOf = ({ at, kind, event }: Step): StepKey => ({ at, place: kind === 'open' ? 0 : 1, event });
