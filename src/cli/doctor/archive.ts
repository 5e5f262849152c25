import { BlobError, type BlobProblem } from '../../blobs/blob-error.ts';
import type { BlobEntry, Blobs } from '../../blobs/blobs.ts';
import { formatLocation } from '../../blobs/location.ts';
import { openBlobs } from '../../blobs/open.ts';
import { toIso } from '../../domain/time.ts';
import { decodeSnapshot } from '../../sources/archive/decode.ts';
import { KeyTemplate } from '../../sources/archive/key-template.ts';
import type { ArchiveSettings } from '../../sources/archive/settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const PATIENCE = 15_000;
const LARGEST = 64 * 1024 * 1024;

const MENDS: Readonly<Record<BlobProblem, string>> = {
  'not-found': 'mend the location of the archive',
  forbidden: 'let this user list and read there',
  throttled: 'wait a little; lower the concurrency of the archive if it comes again',
  unavailable: 'check the network and the endpoint of the archive',
  timeout: 'check the network and the endpoint of the archive',
  cut: 'check the network',
  archived: 'restore the object, or move the archive to a tier that can be read',
  'too-large': 'look whether this object belongs to the archive',
  'read-only': 'an archive need not be writable; look at the file system',
  full: 'free some room',
};

/** Whether an archive can be listed and read, and whether its keys fit its template. */
export async function checkArchive(settings: ArchiveSettings): Promise<Finding> {
  const check = `archive ${settings.name}`;
  const where = formatLocation(settings.location);
  let blobs: Blobs | undefined;
  try {
    blobs = await openBlobs(settings.location);
    const signal = AbortSignal.timeout(PATIENCE);
    await blobs.check('read', signal);
    return await look(blobs, settings, check, where, signal);
  } catch (error) {
    if (error instanceof BlobError) return fail(check, error.message, mendOf(error, where));
    const { name, message } = error as Error;
    if (name === 'TimeoutError')
      return fail(check, `${where} did not answer within ${PATIENCE / 1000} s`, MENDS.timeout);
    return fail(check, `${where}: ${message}`, MENDS.unavailable);
  } finally {
    blobs?.close();
  }
}

function mendOf({ problem, key }: BlobError, where: string): string {
  if (problem !== 'forbidden' || !where.startsWith('s3://')) return MENDS[problem];
  const action = key === null ? 's3:ListBucket' : 's3:GetObject';
  return `allow ${action} there; check the credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE, …), the region and this clock`;
}

async function look(
  blobs: Blobs,
  { key: text }: ArchiveSettings,
  check: string,
  where: string,
  signal: AbortSignal,
): Promise<Finding> {
  const template = new KeyTemplate(text);
  const entries = await firstPage(blobs, template.prefix, signal);
  const fitting = entries.find(({ key }) => template.parse(key) !== undefined);
  if (!fitting) {
    const [other] = entries.length > 0 ? entries : await firstPage(blobs, '', signal);
    if (!other)
      return warn(check, `${where} can be read but is empty`, 'nothing to do if it is new; else mend its location');
    return warn(
      check,
      `no key at ${where} fits ${text}; there is ${other.key}`,
      `mend the key of the archive so that it describes ${other.key}`,
    );
  }
  const body = await blobs.read(fitting.key, { maximumBytes: LARGEST, signal });
  const since = toIso(template.parse(fitting.key) as number);
  try {
    decodeSnapshot(fitting.key, body);
  } catch (error) {
    return warn(
      check,
      `${where} can be read, but of ${fitting.key}: ${(error as Error).message}`,
      'objects must be JSON, packed with gzip or not',
    );
  }
  return ok(check, `${where} can be listed and read; the first object is of ${since}`);
}

async function firstPage(blobs: Blobs, prefix: string, signal: AbortSignal): Promise<readonly BlobEntry[]> {
  for await (const page of blobs.list({ prefix, signal })) return page;
  return [];
}
