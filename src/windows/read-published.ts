import { BlobError } from '../blobs/blob-error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Instant } from '../domain/time.ts';
import { type Artifact, type ArtifactMeta, readArtifact } from './artifact.ts';
import { checksumOf, metaOf, versionTime } from './build.ts';
import { expiryOf } from './due.ts';
import {
  type ArtifactPlace,
  bodyKey,
  fallbackBodyKey,
  fallbackMetaKey,
  metaKey,
  readVersionKey,
  versionKey,
  versionsPrefix,
} from './keys.ts';
import { LONGEST_ARTIFACT, unpacked } from './packing.ts';

/** A body and what is known of it, which fit each other. */
export interface PublishedArtifact {
  readonly source: 'published' | 'fallback';
  readonly text: string;
  readonly artifact: Artifact;
  readonly meta: ArtifactMeta;
}

/** How many versions are looked at for one that is whole. */
const TRIES = 5;

/**
 * The last good artifact: the published pair where it fits; a body that is whole, with its meta made anew, where the writer was killed between
 * the two; the copy of the version that the meta names, or of an older one, where the body is spoilt. Undefined when there is none.
 * Throws `BlobError` when the files cannot be reached at all.
 */
export async function readPublished(blobs: Blobs, place: ArtifactPlace): Promise<PublishedArtifact | undefined> {
  const [text, meta] = await Promise.all([readText(blobs, bodyKey(place)), readMeta(blobs, metaKey(place), place)]);
  const found = text === undefined ? undefined : pairOf(text, meta, place);
  if (found) return found;
  const named = meta && (await readVersion(blobs, place, meta.versionId));
  if (named) return pairOf(named.text, meta, place);
  // A place where nothing was ever published holds no versions to look through.
  return text === undefined && meta === undefined ? undefined : newestVersion(blobs, place);
}

/** A version by its id; undefined when it is not kept any more, or never was. */
export async function readVersion(
  blobs: Blobs,
  place: ArtifactPlace,
  versionId: string,
): Promise<PublishedArtifact | undefined> {
  if (versionTime(versionId) === undefined) return undefined;
  const text = await readText(blobs, versionKey(place, versionId));
  return text === undefined ? undefined : pairOf(text, undefined, place);
}

/** The last resort that the device uploaded by itself. */
export async function readFallback(blobs: Blobs, place: ArtifactPlace): Promise<PublishedArtifact | undefined> {
  const [text, meta] = await Promise.all([
    readText(blobs, fallbackBodyKey(place)),
    readMeta(blobs, fallbackMetaKey(place), place),
  ]);
  const found = text === undefined ? undefined : pairOf(text, meta, place);
  return found && { ...found, source: 'fallback' };
}

/** Of one version, a text that is not what the meta says is a spoilt one; of two, the writer was killed between body and meta. */
function pairOf(text: string, meta: ArtifactMeta | undefined, place: ArtifactPlace): PublishedArtifact | undefined {
  const artifact = readArtifact(text, place.window, place.granularity);
  if (!artifact) return undefined;
  const isSameVersion = meta?.versionId === artifact.versionId;
  if (isSameVersion && meta.checksum !== checksumOf(text)) return undefined;
  return { source: 'published', text, artifact, meta: isSameVersion ? meta : remade(artifact, text) };
}

function remade(artifact: Artifact, text: string): ArtifactMeta {
  const { window, generatedAt, series } = artifact;
  return metaOf(artifact, artifact, text, expiryOf(window, generatedAt, series.lastAt));
}

async function newestVersion(blobs: Blobs, place: ArtifactPlace): Promise<PublishedArtifact | undefined> {
  const prefix = versionsPrefix(place.series);
  const ids: string[] = [];
  for await (const page of blobs.list({ prefix })) {
    for (const { key } of page) {
      const version = readVersionKey(key);
      if (version && key === versionKey(place, version.versionId)) ids.push(version.versionId);
    }
  }
  // Ids sort by the time of the build.
  for (const id of ids.sort().reverse().slice(0, TRIES)) {
    const found = await readVersion(blobs, place, id);
    if (found) return found;
  }
  return undefined;
}

/** Undefined for a file that is not there or cannot be unpacked. */
async function readText(blobs: Blobs, key: string): Promise<string | undefined> {
  const body = await readBytes(blobs, key);
  return body && unpacked(body).catch(() => undefined);
}

async function readBytes(blobs: Blobs, key: string): Promise<Uint8Array | undefined> {
  try {
    return await blobs.read(key, { maximumBytes: LONGEST_ARTIFACT });
  } catch (error) {
    if (error instanceof BlobError && (error.problem === 'not-found' || error.problem === 'too-large'))
      return undefined;
    throw error;
  }
}

async function readMeta(blobs: Blobs, key: string, place: ArtifactPlace): Promise<ArtifactMeta | undefined> {
  const text = await readText(blobs, key);
  try {
    const meta = JSON.parse(text ?? 'null') as Partial<ArtifactMeta> | null;
    const isMeta =
      meta?.window === place.window &&
      meta.granularity === place.granularity &&
      isInstant(meta.generatedAt) &&
      isInstant(meta.expiresAt);
    return isMeta && typeof meta.versionId === 'string' && typeof meta.checksum === 'string'
      ? (meta as ArtifactMeta)
      : undefined;
  } catch {
    return undefined;
  }
}

const isInstant = (value: unknown): value is Instant => typeof value === 'number' && Number.isFinite(value);
