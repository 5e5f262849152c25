import type { BlobEntry, Blobs, ListRequest } from '../../src/blobs/blobs.ts';

/** All pages of a listing. */
export async function pagesOf(blobs: Blobs, request: ListRequest = {}): Promise<(readonly BlobEntry[])[]> {
  const pages: (readonly BlobEntry[])[] = [];
  for await (const page of blobs.list(request)) pages.push(page);
  return pages;
}

/** The keys of a listing. */
export const keysOf = async (blobs: Blobs, request: ListRequest = {}): Promise<string[]> =>
  (await pagesOf(blobs, request)).flat().map(({ key }) => key);
