import { randomBytes } from 'node:crypto';
import type { BlobHeaders, Blobs } from '../../blobs/blobs.ts';
import { type Instant, MINUTE, SECOND } from '../../domain/time.ts';
import {
  GRANULARITIES,
  type Granularity,
  WINDOW_NAMES,
  WINDOWS,
  type WindowName,
  windowRange,
} from '../../domain/windows.ts';
import { artifactText, pointsProblem } from '../../windows/artifact.ts';
import { metaOf } from '../../windows/build.ts';
import { fallbackBodyKey, fallbackMetaKey, stagedKey } from '../../windows/keys.ts';
import { packed } from '../../windows/packing.ts';
import type { LocalHistory, LocalSeries } from './local-history.ts';
import { type LocalWindow, localAnswer, type Outage, readLocalWindow } from './local-window.ts';

/** Even the shortest window is uploaded no more often: each is sixteen requests to an object store. */
const LEAST_BETWEEN = MINUTE;

/**
 * The last resort: windows built from what the agent remembers itself, uploaded to where readers look when the server has nothing. The same
 * files as published ones, under `fallback/`; each is written beside its place and then moved, the body before what is known of it.
 */
export class Fallback {
  readonly #history: LocalHistory;
  readonly #blobs: Blobs;
  readonly #uploadedAt = new Map<string, Instant>();

  constructor(history: LocalHistory, blobs: Blobs) {
    this.#history = history;
    this.#blobs = blobs;
  }

  /** Forgets when what was uploaded: the next outage begins anew. */
  reset(): void {
    this.#uploadedAt.clear();
  }

  /** Uploads the windows that are due; returns how many files of windows. Throws `BlobError`. */
  async upload(outage: Outage, now: Instant, signal: AbortSignal): Promise<number> {
    let files = 0;
    const { series } = this.#history;
    for (const each of series) {
      const beside = each.place > 0 ? [] : series.filter(({ channel, place }) => channel === each.channel && place > 0);
      for (const window of WINDOW_NAMES) {
        signal.throwIfAborted();
        const key = `${each.id} ${window}`;
        const last = this.#uploadedAt.get(key);
        const between = Math.max(WINDOWS[window].buildEvery, LEAST_BETWEEN);
        // A clock that was set back must not stop the uploads until it is where it was.
        if (last !== undefined && now >= last && now - last < between) continue;
        files += await this.#uploadWindow(each, beside, window, outage, now, signal);
        this.#uploadedAt.set(key, now);
      }
    }
    return files;
  }

  async #uploadWindow(
    series: LocalSeries,
    beside: readonly LocalSeries[],
    window: WindowName,
    outage: Outage,
    now: Instant,
    signal: AbortSignal,
  ): Promise<number> {
    const read = readLocalWindow(this.#history, series, beside, windowRange(window, now));
    let files = 0;
    for (const granularity of GRANULARITIES) {
      if (await this.#uploadArtifact(read, window, granularity, outage, now, signal)) files++;
    }
    return files;
  }

  async #uploadArtifact(
    read: LocalWindow,
    window: WindowName,
    granularity: Granularity,
    outage: Outage,
    now: Instant,
    signal: AbortSignal,
  ): Promise<boolean> {
    const answer = localAnswer(read, granularity, outage, now);
    // Nothing measured in the window says nothing to its readers, and what was uploaded before may.
    if (answer.points.length === 0) return false;
    const problem = pointsProblem(answer);
    if (problem !== undefined) throw new Error(`the window ${window} of ${read.series.metric} is wrong: ${problem}`);
    const versionId = `${now.toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
    const head = { window, granularity, generatedAt: now, versionId };
    const text = artifactText(head, answer);
    const meta = {
      ...metaOf(head, answer, text, now + WINDOWS[window].timeToLive),
      stale: true,
      staleSince: outage.since,
      reason: `built by the device itself, which cannot reach the server: ${outage.reason}`,
    };
    const place = { series: read.series.id, window, granularity };
    const put = async (key: string, body: Uint8Array, headers: BlobHeaders): Promise<void> => {
      const staged = stagedKey(key, now, versionId);
      try {
        await this.#blobs.write(staged, body, { headers, signal });
        await this.#blobs.move(staged, key, signal);
      } catch (error) {
        await this.#blobs.remove(staged).catch(() => {});
        throw error;
      }
    };
    await put(fallbackBodyKey(place), await packed(text), headersOf(window, true));
    await put(fallbackMetaKey(place), Buffer.from(JSON.stringify(meta)), headersOf(window, false));
    return true;
  }
}

const headersOf = (window: WindowName, isPacked: boolean): BlobHeaders => ({
  contentType: 'application/json; charset=utf-8',
  ...(isPacked ? { contentEncoding: 'gzip' } : {}),
  cacheControl: `public, max-age=${WINDOWS[window].timeToLive / SECOND}`,
});
