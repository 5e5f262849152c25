import type { RollupColumns } from './rollup.ts';

/**
 * How much a counter grew, told from samples and rollups in order of time. A fall is a restart at zero. Inside one rollup a restart
 * shows as a minimum below the first or a maximum above the last value; of several restarts inside the finest rollup only
 * the widest is seen, as with any counter that is sampled more rarely than it restarts: growth is never told too large.
 */
export class Increase {
  #previous = Number.NaN;
  #grown = 0;

  addValue(value: number): void {
    this.#step(value);
    this.#previous = value;
  }

  addRow(columns: RollupColumns, row: number): void {
    const first = columns.firsts[row] as number;
    const last = columns.lasts[row] as number;
    const min = columns.minimums[row] as number;
    const max = columns.maximums[row] as number;
    this.#step(first);
    const restarted = min < first || max > last;
    // After a restart all of `last` is growth; before it the peak is, where the peak cannot have come after.
    this.#grown += restarted ? (max > last ? max - first : 0) + last : last - first;
    this.#previous = last;
  }

  /** Growth since the last call; the value before goes on counting for the next bucket. */
  take(): number {
    const grown = this.#grown;
    this.#grown = 0;
    return grown;
  }

  #step(value: number): void {
    if (Number.isNaN(this.#previous)) return;
    this.#grown += value >= this.#previous ? value - this.#previous : value;
  }
}
