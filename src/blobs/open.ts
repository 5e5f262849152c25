import type { Blobs } from './blobs.ts';
import { FolderBlobs } from './folder-blobs.ts';
import type { BlobLocation } from './location.ts';

/** `blocking`: reads from a folder may stop the calling thread; for threads that do nothing else. */
export interface OpenOptions {
  readonly blocking?: boolean;
}

/**
 * The objects at a location. Touches nothing yet: a wrong location shows at the first use. The S3 client, 40 MB and a
 * quarter of a second, is loaded only where it is needed.
 */
export async function openBlobs(location: BlobLocation, options: OpenOptions = {}): Promise<Blobs> {
  if (location.kind === 'folder') return new FolderBlobs(location, options);
  const { S3Blobs } = await import('./s3-blobs.ts');
  return new S3Blobs(location);
}
