import { BlobError } from '../blobs/blob-error.ts';
import type { BlobEntry, Blobs } from '../blobs/blobs.ts';
import { HOUR, type Instant } from '../domain/time.ts';
import { versionTime } from './build.ts';
import { readVersionKey, stagedAt } from './keys.ts';

/** A staged file that old was left by a writer that is gone. */
const STAGING_LIMIT = HOUR;

export interface Swept {
  readonly versions: number;
  readonly staged: number;
}

/**
 * Removes versions that were replaced longer than `keepVersions` ago, and staged files that nobody will swap. The newest version of each file
 * stays for ever: it is the last resort.
 */
export async function sweep(blobs: Blobs, keepVersions: number, now: Instant): Promise<Swept> {
  const swept = { versions: 0, staged: 0 };
  /** The newest version so far of each file of the series at hand; keys come in the order of series and version. */
  let newest = new Map<string, { readonly key: string; readonly at: Instant }>();
  let series: string | undefined;
  for await (const page of pagesOf(blobs)) {
    const old: string[] = [];
    for (const { key } of page) {
      const at = stagedAt(key);
      if (at !== undefined) {
        if (at < now - STAGING_LIMIT) {
          old.push(key);
          swept.staged++;
        }
        continue;
      }
      const version = readVersionKey(key);
      const builtAt = version && versionTime(version.versionId);
      if (!version || builtAt === undefined) continue;
      if (version.series !== series) newest = new Map();
      series = version.series;
      const before = newest.get(version.file);
      newest.set(version.file, { key, at: builtAt });
      if (before && builtAt < now - keepVersions) {
        old.push(before.key);
        swept.versions++;
      }
    }
    for (const key of old) await blobs.remove(key);
  }
  return swept;
}

/** A place where nothing was published yet holds nothing. */
async function* pagesOf(blobs: Blobs): AsyncGenerator<readonly BlobEntry[]> {
  try {
    yield* blobs.list({ prefix: 'windows/' });
  } catch (error) {
    if (!(error instanceof BlobError && error.problem === 'not-found')) throw error;
  }
}
