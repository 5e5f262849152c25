import type { Clock, Instant } from '../domain/time.ts';
import type { JobProgress } from '../store/jobs.ts';

/** The rate is taken over this long, so that it follows a change of pace without jumping. */
const SPAN = 30_000;

/** Turns counts into progress with a rate and an expected end. */
export class ProgressMeter {
  readonly #clock: Clock;
  readonly #unit: string;
  #marks: { at: Instant; done: number }[] = [];

  constructor(clock: Clock, unit: string) {
    this.#clock = clock;
    this.#unit = unit;
  }

  measure(done: number, total: number | null, note: string): JobProgress {
    const at = this.#clock.now();
    this.#marks = [...this.#marks.filter((mark) => mark.at > at - SPAN && mark.at <= at), { at, done }];
    const [oldest] = this.#marks;
    const rate = oldest && at > oldest.at ? ((done - oldest.done) * 1_000) / (at - oldest.at) : null;
    const endsAt = rate && total !== null && total > done ? Math.round(at + ((total - done) / rate) * 1_000) : null;
    return { done, total, unit: this.#unit, rate, endsAt, note };
  }
}
