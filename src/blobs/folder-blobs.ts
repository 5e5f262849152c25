import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { lstat, mkdir, open, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { BlobError, type BlobProblem } from './blob-error.ts';
import {
  type BlobEntry,
  type Blobs,
  type ListRequest,
  MAXIMUM_PAGE,
  type ReadRequest,
  type WriteOptions,
} from './blobs.ts';
import { STAGED, walkFolder } from './folder-walk.ts';
import type { FolderLocation } from './location.ts';

/** How many `lstat` calls run at once: enough for a network file system, few enough for the thread pool. */
const STATS = 64;
const KNOWN_FOLDERS = 256;

/** A folder's files as objects. Symbolic links inside it are neither listed nor followed; the folder itself may be one. */
export class FolderBlobs implements Blobs {
  readonly location: string;
  readonly #root: string;
  readonly #blocking: boolean;
  /** Folders seen to be real ones inside the root, so that each is looked at once. */
  readonly #inside = new Set<string>();

  /**
   * `blocking` reads stop the thread until the disk answers; from a local disk they cost a fifth of the others, so they suit a
   * thread of their own.
   */
  constructor(location: FolderLocation, { blocking = false }: { readonly blocking?: boolean } = {}) {
    this.#blocking = blocking;
    this.#root = location.path;
    this.location = location.path;
  }

  async *list({ pageSize = MAXIMUM_PAGE, signal, ...range }: ListRequest = {}): AsyncGenerator<readonly BlobEntry[]> {
    let keys: string[] = [];
    try {
      for await (const key of walkFolder(this.#root, range)) {
        signal?.throwIfAborted();
        if (keys.push(key) < pageSize) continue;
        const page = await this.#describe(keys);
        keys = [];
        if (page.length > 0) yield page;
      }
      const page = await this.#describe(keys);
      if (page.length > 0) yield page;
    } catch (error) {
      throw this.#explain(error, null, signal);
    }
  }

  async #describe(keys: readonly string[]): Promise<readonly BlobEntry[]> {
    const entries: BlobEntry[] = [];
    for (let start = 0; start < keys.length; start += STATS) {
      const part = keys.slice(start, start + STATS);
      const found = await Promise.all(part.map((key) => lstat(join(this.#root, key)).catch(ifNotFound)));
      for (const [index, file] of found.entries()) {
        if (!file?.isFile()) continue;
        const etag = `${file.mtimeMs.toString(36)}-${file.size.toString(36)}`;
        entries.push({
          key: part[index] as string,
          bytes: file.size,
          etag,
          modifiedAt: Math.floor(file.mtimeMs),
        });
      }
    }
    return entries;
  }

  async read(key: string, { maximumBytes, signal }: ReadRequest): Promise<Uint8Array> {
    try {
      signal?.throwIfAborted();
      const path = this.#path(key);
      await this.#enter(dirname(path), key, false);
      return this.#blocking ? readNow(path, key, maximumBytes) : await readLater(path, key, maximumBytes, signal);
    } catch (error) {
      throw this.#explain(error, key, signal);
    }
  }

  async write(key: string, body: Uint8Array, { signal }: WriteOptions = {}): Promise<void> {
    const path = this.#path(key);
    const staged = `${path}.${randomUUID()}${STAGED}`;
    try {
      await mkdir(this.#root, { recursive: true });
      await this.#inFolderOf(path, key, async () => {
        await writeFile(staged, body, { flag: 'wx', ...(signal ? { signal } : {}) });
        await rename(staged, path);
      });
    } catch (error) {
      await rm(staged, { force: true }).catch(() => {});
      throw this.#explain(error, key, signal);
    }
  }

  async move(from: string, to: string, signal?: AbortSignal): Promise<void> {
    try {
      signal?.throwIfAborted();
      const path = this.#path(to);
      await this.#enter(dirname(this.#path(from)), from, false);
      await this.#inFolderOf(path, to, () => rename(this.#path(from), path));
    } catch (error) {
      throw this.#explain(error, from, signal);
    }
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    try {
      signal?.throwIfAborted();
      const path = this.#path(key);
      if (!(await lstat(dirname(path)).catch(ifNotFound))) return;
      await this.#enter(dirname(path), key, false);
      await rm(path, { force: true });
      await this.#removeEmpty(dirname(path));
    } catch (error) {
      throw this.#explain(error, key, signal);
    }
  }

  /** Makes the folder of a file and works in it; once more when another removed it in between, because it was empty. */
  async #inFolderOf(path: string, key: string, work: () => Promise<void>): Promise<void> {
    await this.#enter(dirname(path), key, true);
    try {
      await work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#inside.clear();
      await this.#enter(dirname(path), key, true);
      await work();
    }
  }

  /** Keys have no folders: one without files would only be left over. */
  async #removeEmpty(folder: string): Promise<void> {
    for (let path = folder; path !== this.#root; path = dirname(path)) {
      try {
        await rmdir(path);
      } catch {
        return;
      }
      this.#inside.delete(path);
    }
  }

  async check(access: 'read' | 'write'): Promise<void> {
    try {
      if (access === 'write') {
        await mkdir(this.#root, { recursive: true });
        const probe = join(this.#root, `${randomUUID()}${STAGED}`);
        await writeFile(probe, '', { flag: 'wx' });
        await rm(probe);
      }
      if (!(await stat(this.#root)).isDirectory()) throw new BlobError('not-found', `${this.#root} is not a folder`);
      for await (const _ of this.list({ pageSize: 1 })) break;
    } catch (error) {
      throw this.#explain(error, null);
    }
  }

  close(): void {}

  /** The file of a key; a key that could name a file outside the folder is refused. */
  #path(key: string): string {
    const parts = key.split('/');
    if (
      parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0') || part.includes(sep))
    ) {
      throw new BlobError('forbidden', `key ${JSON.stringify(key)} does not name a file below ${this.#root}`, { key });
    }
    return join(this.#root, ...parts);
  }

  /** Goes down from the root to a folder and refuses to pass through a symbolic link; makes what is missing when asked to. */
  async #enter(folder: string, key: string, create: boolean): Promise<void> {
    if (this.#inside.has(folder) || folder === this.#root) return;
    await this.#enter(dirname(folder), key, create);
    const found = await lstat(folder).catch(create ? ifNotFound : undefined);
    if (found?.isSymbolicLink()) {
      const message = `${folder} is a symbolic link; links inside ${this.#root} are not followed`;
      throw new BlobError('forbidden', message, { key });
    }
    if (!found) await mkdir(folder, { recursive: true });
    if (this.#inside.size >= KNOWN_FOLDERS) this.#inside.clear();
    this.#inside.add(folder);
  }

  #explain(error: unknown, key: string | null, signal?: AbortSignal): unknown {
    if (signal?.aborted) return signal.reason;
    if (error instanceof BlobError) return error;
    const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
    const [problem, words, retryable] = PROBLEMS[code] ?? ['unavailable', message, false];
    const path = key === null ? this.#root : join(this.#root, key);
    return new BlobError(problem, `${path}: ${words}`, { key, retryable, cause: error });
  }
}

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW;

async function readLater(path: string, key: string, maximumBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
  await using file = await open(path, FLAGS);
  refuseLarge(path, key, (await file.stat()).size, maximumBytes);
  return await file.readFile(signal ? { signal } : undefined);
}

function readNow(path: string, key: string, maximumBytes: number): Uint8Array {
  const file = openSync(path, FLAGS);
  try {
    refuseLarge(path, key, fstatSync(file).size, maximumBytes);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function refuseLarge(path: string, key: string, bytes: number, maximumBytes: number): void {
  if (bytes <= maximumBytes) return;
  throw new BlobError('too-large', `${path} has ${bytes} bytes; at most ${maximumBytes} are read`, { key });
}

const ifNotFound = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

/** System errors by name (man 3 errno): the problem, words for an operator, whether a later try may succeed. */
const PROBLEMS: Readonly<Record<string, readonly [BlobProblem, string, boolean]>> = {
  ENOENT: ['not-found', 'no such file or folder', false],
  ENOTDIR: ['not-found', 'not a folder', false],
  EISDIR: ['not-found', 'a folder, not a file', false],
  ELOOP: ['forbidden', 'a symbolic link; links are not followed', false],
  EACCES: ['forbidden', 'permission denied', false],
  EPERM: ['forbidden', 'operation not permitted', false],
  EROFS: ['read-only', 'the file system is read-only', false],
  ENOSPC: ['full', 'no room left on the disk', false],
  EDQUOT: ['full', 'the disk quota is used up', false],
  EMFILE: ['unavailable', 'too many open files', true],
  ENFILE: ['unavailable', 'too many open files on this machine', true],
  EIO: ['unavailable', 'the disk could not be read or written', true],
  ESTALE: ['unavailable', 'the network file system lost the file', true],
  ETIMEDOUT: ['timeout', 'the network file system did not answer', true],
};
