/** What became of a body; the same shape as the report that its sender gets. */
export interface Report {
  readonly accepted: number;
  readonly values: number;
  readonly rejected: readonly Rejection[];
  readonly rejectedOmitted: number;
  readonly ignoredFields: number;
  readonly newSeries: number;
}

export interface Rejection {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
}

const NAMED = 100;
const LONGEST_REASON = 500;

/** Counts what became of the lines of one body. */
export class Tally {
  accepted = 0;
  values = 0;
  ignoredFields = 0;
  newSeries = 0;
  #rejected: Rejection[] = [];
  #omitted = 0;

  reject(line: number, reason: string): void {
    if (this.#rejected.length < NAMED) this.#rejected.push({ line, reason: reason.slice(0, LONGEST_REASON) });
    else this.#omitted++;
  }

  get rejections(): number {
    return this.#rejected.length + this.#omitted;
  }

  get firstRejection(): Rejection | undefined {
    return this.#rejected[0];
  }

  report(): Report {
    const { accepted, values, ignoredFields, newSeries } = this;
    // Series are refused only when their part lands, after later lines were looked at.
    const rejected = this.#rejected.toSorted((a, b) => a.line - b.line);
    return { accepted, values, rejected, rejectedOmitted: this.#omitted, ignoredFields, newSeries };
  }
}
