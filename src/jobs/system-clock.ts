import type { Clock } from '../domain/time.ts';

/** Longest delay that a timer of the runtime can hold; longer ones would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own time. Its timers do not keep the process alive: what does is the server or the job at hand. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, action) => {
    const timer = setTimeout(action, Math.min(delay, LONGEST)).unref();
    return () => clearTimeout(timer);
  },
};
