import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from './segment.ts';

/** Replaces a small file at once: after any crash it holds the old value or the new one, whole. */
export function writeStateFile(path: string, value: unknown): void {
  const staged = `${path}.staged`;
  try {
    const file = openSync(staged, 'w');
    try {
      const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** What the file holds; undefined when there is none, or none that can be read. */
export function readStateFile<Value>(path: string): Value | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Value;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
