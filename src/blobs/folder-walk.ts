import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys, type ListRequest } from './blobs.ts';

/** Ends the names of files that are still being written; they are nobody's objects yet. */
export const STAGED = '.varve-staged';

type KeyRange = Pick<ListRequest, 'prefix' | 'startAfter' | 'before'>;

/**
 * The keys of all files below a folder in the order of `compareKeys`, one folder in memory at a time. Folders that lie wholly
 * outside the range are not opened. Symbolic links are no objects: one that leads up would never end.
 */
export async function* walkFolder(root: string, range: KeyRange): AsyncGenerator<string> {
  yield* walk(root, '', range, true);
}

async function* walk(root: string, path: string, range: KeyRange, isRoot: boolean): AsyncGenerator<string> {
  for (const key of await sortedNames(join(root, path), path, isRoot)) {
    if (range.before !== undefined && compareKeys(key, range.before) >= 0) return;
    if (key.endsWith('/')) {
      if (folderMayHold(key, range)) yield* walk(root, key, range, false);
    } else if (fileIsIn(key, range)) yield key;
  }
}

/** Keys of a folder's entries; those of folders end with `/`, and are sorted as if they were the keys below them. */
async function sortedNames(folder: string, path: string, isRoot: boolean): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // A folder may go while its parent is being walked; that of the location itself may not.
    if (!isRoot && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const keys: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) keys.push(`${path}${entry.name}/`);
    else if (entry.isFile() && !entry.name.endsWith(STAGED)) keys.push(path + entry.name);
  }
  return keys.sort(compareKeys);
}

function folderMayHold(folder: string, { prefix = '', startAfter = '' }: KeyRange): boolean {
  if (!folder.startsWith(prefix) && !prefix.startsWith(folder)) return false;
  return compareKeys(folder, startAfter) > 0 || startAfter.startsWith(folder);
}

const fileIsIn = (key: string, { prefix = '', startAfter = '' }: KeyRange): boolean =>
  key.startsWith(prefix) && compareKeys(key, startAfter) > 0;
