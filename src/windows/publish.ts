import type { BlobHeaders, Blobs } from '../blobs/blobs.ts';
import { SECOND } from '../domain/time.ts';
import { WINDOWS, type WindowName } from '../domain/windows.ts';
import { readArtifact } from './artifact.ts';
import { BuildRefused, type BuiltArtifact, type BuiltWindow, checksumOf } from './build.ts';
import { type ArtifactPlace, bodyKey, metaKey, stagedKey, versionKey } from './keys.ts';
import { LONGEST_ARTIFACT, packed, unpacked } from './packing.ts';

/** What of a publication is done, in this order. */
export type PublishStep = 'staged' | 'swapped';

/** A file beside its place. */
interface Staged {
  readonly from: string;
  readonly to: string;
}

/**
 * Publishes a window: stages every file beside its place, reads it back and validates it, keeps a copy under the version's id, and only then
 * swaps, the body before what is known of it. Until the swap readers see nothing of it; a failure before it leaves all as it was.
 * `mayStillSwap` is asked last; false abandons the publication.
 */
export async function publish(
  blobs: Blobs,
  built: BuiltWindow,
  mayStillSwap: () => Promise<boolean>,
  onStep: (step: PublishStep) => void = () => {},
): Promise<boolean> {
  const written: string[] = [];
  let isSwapped = false;
  try {
    const staged = await settled(built.artifacts.map((artifact) => stage(blobs, built, artifact, written)));
    onStep('staged');
    if (!(await mayStillSwap())) return false;
    isSwapped = true;
    await settled(
      staged.map(async ({ body, meta }) => {
        await blobs.move(body.from, body.to);
        await blobs.move(meta.from, meta.to);
      }),
    );
    onStep('swapped');
    return true;
  } finally {
    // After the swap began, versions are what readers of a half-swapped pair fall back to; the sweep takes what is left over.
    if (!isSwapped) await Promise.allSettled(written.map((key) => blobs.remove(key)));
  }
}

/** Waits for all, so that nothing is written behind the back of who cleans up. */
async function settled<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

async function stage(
  blobs: Blobs,
  { series, window, versionId, generatedAt }: BuiltWindow,
  { text, meta }: BuiltArtifact,
  written: string[],
): Promise<{ readonly body: Staged; readonly meta: Staged }> {
  const place: ArtifactPlace = { series, window, granularity: meta.granularity };
  const body = await packed(text);
  const metaText = JSON.stringify(meta);
  const write = async (key: string, bytes: Uint8Array, headers: BlobHeaders): Promise<void> => {
    written.push(key);
    await blobs.write(key, bytes, { headers });
  };
  const stagedFor = (key: string): Staged => ({ from: stagedKey(key, generatedAt, versionId), to: key });
  const files = { body: stagedFor(bodyKey(place)), meta: stagedFor(metaKey(place)) };
  await write(files.body.from, body, headersOf(window, true));
  await validate(blobs, files.body.from, place, meta.checksum);
  await write(versionKey(place, versionId), body, { ...headersOf(window, true), cacheControl: FOR_GOOD });
  await write(files.meta.from, Buffer.from(metaText), headersOf(window, false));
  const readBack = Buffer.from(await blobs.read(files.meta.from, { maximumBytes: LONGEST_ARTIFACT }));
  if (readBack.toString('utf8') !== metaText) throw new BuildRefused('its staged meta file is not what was written');
  return files;
}

/** Reads a staged file as a reader would. Throws `BuildRefused` when it is not what was built. */
async function validate(blobs: Blobs, key: string, place: ArtifactPlace, checksum: string): Promise<void> {
  const body = await blobs.read(key, { maximumBytes: LONGEST_ARTIFACT });
  let text: string;
  try {
    text = await unpacked(body);
  } catch {
    throw new BuildRefused('a staged file cannot be unpacked');
  }
  if (checksumOf(text) !== checksum) throw new BuildRefused('a staged file has another checksum than what was built');
  if (!readArtifact(text, place.window, place.granularity)) throw new BuildRefused('a staged file contradicts itself');
}

const FOR_GOOD = 'public, max-age=31536000, immutable';

const headersOf = (window: WindowName, isPacked: boolean): BlobHeaders => ({
  contentType: 'application/json; charset=utf-8',
  ...(isPacked ? { contentEncoding: 'gzip' } : {}),
  cacheControl: `public, max-age=${WINDOWS[window].timeToLive / SECOND}`,
});
