import type { Blobs } from './blobs.ts';
import { FolderBlobs } from './folder-blobs.ts';
import type { BlobLocation } from './location.ts';

/**
 * The objects at a location. Touches nothing yet: a wrong location shows at the first use. The S3 client, 40 MB and a
 * quarter of a second, is loaded only where it is needed.
 */
export async function openBlobs(location: BlobLocation): Promise<Blobs> {
  if (location.kind === 'folder') return new FolderBlobs(location);
  const { S3Blobs } = await import('./s3-blobs.ts');
  return new S3Blobs(location);
}
