import type { Instant } from '../domain/time.ts';

/** An event that opens an item of a pair, or closes one. */
export interface Step {
  readonly at: Instant;
  readonly kind: 'open' | 'close';
  readonly event: string;
  readonly actor: string | null;
}

/** Since when an item waits, and who opened it. */
export interface Open {
  readonly at: Instant;
  readonly actor: string | null;
}

/** A step and what it came to. */
export interface MatchedStep extends Step {
  /** What is open after it. */
  readonly after: Open | null;
  /** Milliseconds since the item was opened, where this step closed one. */
  readonly latency: number | null;
}

/**
 * The order of steps depends on nothing but them: by time, opening before closing at one instant, then by id. Ids are ASCII, so that
 * databases order them alike.
 */
export function compareSteps(left: Step, right: Step): number {
  if (left.at !== right.at) return left.at - right.at;
  if (left.kind !== right.kind) return left.kind === 'open' ? -1 : 1;
  return left.event < right.event ? -1 : left.event > right.event ? 1 : 0;
}

/**
 * Walks the steps of one subject, in order, from what was open before them. An item that is open already goes on waiting since it was
 * first opened; a second answer answers nothing.
 */
export function matchSteps(before: Open | null, steps: readonly Step[]): readonly MatchedStep[] {
  let open = before;
  return steps.map((step) => {
    const opened = open;
    if (step.kind === 'open') open ??= { at: step.at, actor: step.actor };
    else open = null;
    const latency = step.kind === 'close' && opened ? step.at - opened.at : null;
    return { ...step, after: open, latency };
  });
}

export const sameOpen = (left: Open | null, right: Open | null): boolean =>
  left === right || (left !== null && right !== null && left.at === right.at && left.actor === right.actor);
