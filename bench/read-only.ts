import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The floor of a backfill, in a process of its own: reads and parses every object below a folder, sixteen at once, and keeps nothing. */
const folder = process.argv[2];
if (!folder) throw new Error('usage: read-only.ts FOLDER');
const begin = performance.now();
const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
let next = 0;
let parsed = 0;
const reader = async (): Promise<void> => {
  while (next < files.length) {
    const text = await readFile(files[next++] as string, 'utf8');
    try {
      JSON.parse(text);
      parsed++;
    } catch {
      // One object of the sample is corrupt on purpose.
    }
  }
};
await Promise.all(Array.from({ length: 16 }, reader));
process.stdout.write(JSON.stringify({ objects: files.length, parsed, seconds: (performance.now() - begin) / 1_000 }));
