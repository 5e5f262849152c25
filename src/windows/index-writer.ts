import type { Blobs } from '../blobs/blobs.ts';
import { type Clock, SECOND } from '../domain/time.ts';
import type { Tracked } from './publication-plan.ts';
import { type IndexedSeries, readIndex, writeIndex } from './windows-index.ts';

const PAUSE = SECOND;
const RETRY = 30 * SECOND;

/** Keeps the list of published series of each org true. Many new series at once make one write. */
export class IndexWriter implements AsyncDisposable {
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  readonly #series: () => Iterable<Tracked>;
  readonly #onError: (error: unknown) => void;
  /** What lies there, by the id of the org. */
  readonly #written = new Map<string, string>();
  /** Ids of orgs whose list may have changed. */
  #changed = new Set<string>();
  #isStarted = false;
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(blobs: Blobs, clock: Clock, series: () => Iterable<Tracked>, onError: (error: unknown) => void) {
    this.#blobs = blobs;
    this.#clock = clock;
    this.#series = series;
    this.#onError = onError;
  }

  /** Writes what is not written already. */
  async start(): Promise<void> {
    this.#isStarted = true;
    this.#writing = this.#write();
    await this.#writing;
  }

  change(orgId: string): void {
    this.#changed.add(orgId);
    if (this.#isStarted) this.#later(PAUSE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancel?.();
    await this.#writing;
    if (this.#changed.size > 0 && this.#isStarted) await this.#write();
    this.#cancel?.();
  }

  #later(pause: number): void {
    this.#cancel ??= this.#clock.after(pause, () => {
      this.#cancel = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    });
  }

  async #write(): Promise<void> {
    const changed = this.#changed;
    this.#changed = new Set();
    const byOrg = Map.groupBy(this.#series(), ({ series }) => series.orgId);
    for (const orgId of changed) {
      try {
        await this.#writeOne(orgId, byOrg.get(orgId) ?? []);
      } catch (error) {
        this.#onError(error);
        this.#changed.add(orgId);
        this.#later(RETRY);
      }
    }
  }

  async #writeOne(orgId: string, tracked: readonly Tracked[]): Promise<void> {
    const series = tracked.map(indexed).sort((a, b) => (a.id < b.id ? -1 : 1));
    const text = JSON.stringify(series);
    const written = this.#written.get(orgId) ?? JSON.stringify(await readIndex(this.#blobs, orgId));
    if (text !== written) await writeIndex(this.#blobs, orgId, series);
    this.#written.set(orgId, text);
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
