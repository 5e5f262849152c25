import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process sends from the spool. */
export class SpoolInUse extends Error {
  override readonly name = 'SpoolInUse';
}

export type SpoolLock = Disposable;

/**
 * Keeps a second agent out. The runtime has no file locks of its own; SQLite's are those of the operating system, which go with the process
 * however it ends, so that no stale file of a killed agent is in the way.
 */
export function takeSpoolLock(folder: string): SpoolLock {
  const database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (!/locked/.test((error as Error).message)) throw error;
    throw new SpoolInUse(`another agent uses the spool ${folder}; stop it, or name another folder by --spool`);
  }
  return { [Symbol.dispose]: () => database.close() };
}
