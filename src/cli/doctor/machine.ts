import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SECOND, toIso } from '../../domain/time.ts';
import { bytesText } from '../text/numbers.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const OLDEST_NODE = 24;
const LITTLE_ROOM = 1_000_000_000;
const NO_ROOM = 100_000_000;
/** A file system over the network may stamp by another clock. */
const CLOCK_TOLERANCE = 2 * SECOND;
/** This program did not exist before. */
const EARLIEST_NOW = Date.UTC(2026, 0, 1);
const LATEST_NOW = Date.UTC(2100, 0, 1);

export function checkNode(version = process.versions.node): Finding {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return ok('node', `${version}`);
  return fail('node', `${version} is too old`, `install Node ${OLDEST_NODE} or newer, or run npm ci, which brings one`);
}

/** The folder itself, or the nearest one above it that there is: what will be made lies on its disk. */
export function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

export async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize, blocks } = await statfs(nearestFolder(folder));
  const free = bavail * bsize;
  const text = `${bytesText(free)} of ${bytesText(blocks * bsize)} free for ${folder}`;
  const mend = 'free some room, or move the data folder by --data or VARVE_DATA';
  if (free < NO_ROOM) return fail('disk', text, mend);
  return free < LITTLE_ROOM ? warn('disk', text, mend) : ok('disk', text);
}

/** Whether the data folder can be written, tried with a file, and whether its clock is this machine's. */
export async function checkFolder(folder: string): Promise<Finding[]> {
  const near = nearestFolder(folder);
  const probe = join(near, `.varve-doctor-${randomUUID()}`);
  try {
    const before = Date.now();
    await writeFile(probe, '', { flag: 'wx' });
    const { mtimeMs } = await stat(probe);
    const after = Date.now();
    const made = near === folder ? `${folder} can be written` : `${folder} is not there yet; it can be made`;
    return [ok('data folder', made), checkClock(before, mtimeMs, after)];
  } catch (error) {
    const mend = 'allow this user to write there, or name another folder by --data or VARVE_DATA';
    return [fail('data folder', `${near} cannot be written: ${(error as Error).message}`, mend)];
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Compares the clock with the stamp that the file system gave in between. */
export function checkClock(before: number, stamped: number, after: number): Finding {
  const now = toIso(after);
  const mend = 'set the clock; a time service such as chrony or systemd-timesyncd keeps it right';
  if (after < EARLIEST_NOW || after > LATEST_NOW) return fail('clock', `it says ${now}`, mend);
  if (after < before) return warn('clock', `it went back ${before - after} ms while it was looked at`, mend);
  const off =
    stamped < before - CLOCK_TOLERANCE ? before - stamped : stamped > after + CLOCK_TOLERANCE ? stamped - after : 0;
  if (off > 0)
    return warn('clock', `the file system's clock is ${Math.round(off / SECOND)} s off this machine's`, mend);
  return ok('clock', now);
}
