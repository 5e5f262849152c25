import type { Blobs } from '../blobs/blobs.ts';
import { type Clock, SECOND } from '../domain/time.ts';
import type { Tracked } from './publication-plan.ts';
import { type IndexedSeries, readIndex, writeIndex } from './windows-index.ts';

const PAUSE = SECOND;
const RETRY = 30 * SECOND;

/** Keeps `windows/index.json` true. Many new series at once make one write. */
export class IndexWriter implements AsyncDisposable {
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  readonly #series: () => Iterable<Tracked>;
  readonly #onError: (error: unknown) => void;
  #written = '';
  #isChanged = false;
  #isStarted = false;
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(blobs: Blobs, clock: Clock, series: () => Iterable<Tracked>, onError: (error: unknown) => void) {
    this.#blobs = blobs;
    this.#clock = clock;
    this.#series = series;
    this.#onError = onError;
  }

  /** Learns what is written already, and writes what is not. */
  async start(): Promise<void> {
    this.#written = JSON.stringify(await readIndex(this.#blobs));
    this.#isStarted = true;
    await this.#write();
  }

  change(): void {
    this.#isChanged = true;
    if (this.#isStarted) this.#later(PAUSE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancel?.();
    if (this.#isChanged && this.#isStarted) await this.#write();
    await this.#writing;
  }

  #later(pause: number): void {
    this.#cancel ??= this.#clock.after(pause, () => {
      this.#cancel = undefined;
      this.#writing = this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isChanged = false;
    const series = Array.from(this.#series(), indexed).sort((a, b) => (a.id < b.id ? -1 : 1));
    const text = JSON.stringify(series);
    if (text === this.#written) return;
    try {
      await writeIndex(this.#blobs, series);
      this.#written = text;
    } catch (error) {
      this.#onError(error);
      this.#isChanged = true;
      this.#later(RETRY);
    }
  }
}

const indexed = ({ series, set }: Tracked): IndexedSeries => ({
  id: series.id,
  metric: series.metric,
  labels: series.labels,
  source: series.source,
  isPrimary: series.sourceKind === 'push' && series.isPrimary,
  windows: set.windows,
  granularities: set.granularities,
});
