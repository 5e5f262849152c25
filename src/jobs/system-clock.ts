import type { Clock } from '../domain/time.ts';

/** Longest delay that a timer of the runtime can hold; longer ones would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own time. A timer that waits keeps the process alive, so that a job that waits for its next try is not lost; whoever made it cancels it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, action) => {
    const timer = setTimeout(action, Math.min(delay, LONGEST));
    return () => clearTimeout(timer);
  },
};
