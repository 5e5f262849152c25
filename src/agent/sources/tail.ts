import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FilePosition } from '../spool/record.ts';

/** A line that was appended to a file, and the position behind it. */
export interface TailedLine {
  readonly text: string;
  readonly position: FilePosition;
}

/** What happened to the file since the last look. */
export type TailEvent =
  /** Another file has its name; the old one was read to its end first. */
  | 'rotated'
  /** It is shorter than what was read of it: it was written anew in place. */
  | 'truncated'
  /** It is not there. */
  | 'missing'
  | 'found'
  /** The file in which reading stopped last time is gone; what it held after that is lost. */
  | 'lost';

export interface TailRead {
  readonly lines: readonly TailedLine[];
  readonly events: readonly TailEvent[];
  /** There is more to read at once. */
  readonly more: boolean;
}

const CHUNK = 256 * 1024;
/** A line longer than this is no reading; it is passed over in pieces. */
const LONGEST_LINE = 128 * 1024;
/** So many looks that find nothing new, after a file was renamed, and it is done. */
const LOOKS_AFTER_MOVE = 3;

/**
 * Follows a file that grows, by asking how it is: works where no change is told, such as on network folders. A file is known by device and
 * inode, so that it is read to its end after it was renamed. A last line without its line feed waits for it.
 */
export class Tail implements Disposable {
  readonly #path: string;
  #file: { readonly descriptor: number; readonly id: string } | undefined;
  #offset = 0;
  #wasMissing = false;
  #looksSinceMoved = 0;
  #endsInsideLine = false;
  /** Where reading stopped last time, until that file was found again. */
  #resume: FilePosition | null;

  constructor(path: string, position: FilePosition | null) {
    this.#path = path;
    this.#resume = position;
  }

  /** The first line of the file being read, for formats that explain themselves there; undefined while it is not whole. */
  firstLine(): string | undefined {
    if (!this.#file) return undefined;
    const bytes = Buffer.allocUnsafe(LONGEST_LINE);
    const length = readSync(this.#file.descriptor, bytes, 0, bytes.length, 0);
    const end = bytes.subarray(0, length).indexOf(10);
    return end < 0 ? undefined : bytes.toString('utf8', 0, end).replace(/\r$/, '');
  }

  /** Goes back to a position that an earlier read gave out: its lines could not be kept. */
  rewind(offset: number): void {
    this.#offset = offset;
  }

  /** Offset of the next line. */
  get offset(): number {
    return this.#offset;
  }

  /** The whole lines since the last call, about 256 KiB at most. */
  read(): TailRead {
    const events: TailEvent[] = [];
    if (!this.#file) this.#open(events);
    if (!this.#file) return { lines: [], events, more: false };
    const { size } = fstatSync(this.#file.descriptor);
    if (size < this.#offset || !this.#isBehindLine()) {
      events.push('truncated');
      this.#offset = 0;
    }
    const lines = this.#readLines();
    if (lines.length > 0) {
      this.#looksSinceMoved = 0;
      return { lines, events, more: true };
    }
    if (!this.#hasMoved()) return { lines, events, more: false };
    // Whoever writes may go on with the old file for a moment after it was renamed.
    if (++this.#looksSinceMoved < LOOKS_AFTER_MOVE) return { lines, events, more: false };
    const rest = this.#readLines(true);
    const successor = successorOf(this.#path, this.#file.id);
    this.#close();
    this.#resume = successor === undefined ? null : { file: successor, offset: 0 };
    events.push('rotated');
    return { lines: rest, events, more: true };
  }

  #open(events: TailEvent[]): void {
    const { resume } = this.#nextFile(events);
    if (resume === undefined) return;
    const descriptor = openSync(resume, 'r');
    const id = idOf(fstatSync(descriptor, { bigint: true }));
    this.#offset = this.#resume?.file === id ? this.#resume.offset : 0;
    this.#resume = null;
    this.#file = { descriptor, id };
  }

  /** The path to read now: where reading stopped, under whatever name in the folder, else the file of the name. */
  #nextFile(events: TailEvent[]): { resume: string | undefined } {
    const named = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    if (this.#resume && (!named || idOf(named) !== this.#resume.file)) {
      const renamed = findById(dirname(this.#path), this.#resume.file);
      if (renamed !== undefined) return { resume: renamed };
      if (named) {
        events.push('lost');
        this.#resume = null;
      }
    }
    if (!named) {
      if (!this.#wasMissing) events.push('missing');
      this.#wasMissing = true;
      return { resume: undefined };
    }
    if (this.#wasMissing) events.push('found');
    this.#wasMissing = false;
    return { resume: this.#path };
  }

  /** A file that was written anew and has grown past where reading stopped hardly ever has a line feed just there. */
  #isBehindLine(): boolean {
    if (!this.#file || this.#offset === 0 || this.#endsInsideLine) return true;
    const byte = Buffer.alloc(1);
    return readSync(this.#file.descriptor, byte, 0, 1, this.#offset - 1) === 0 || byte[0] === 10;
  }

  #hasMoved(): boolean {
    const named = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    return named !== undefined && idOf(named) !== this.#file?.id;
  }

  /** `isDone`: nothing will be appended any more, so that a last line without a line feed is a whole one. */
  #readLines(isDone = false): TailedLine[] {
    if (!this.#file) return [];
    const { descriptor, id } = this.#file;
    const bytes = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(0, fstatSync(descriptor).size - this.#offset)));
    const length = readSync(descriptor, bytes, 0, bytes.length, this.#offset);
    const lines: TailedLine[] = [];
    let start = 0;
    const take = (end: number, next: number): void => {
      const text = bytes.toString('utf8', start, end).replace(/\r$/, '');
      start = next;
      lines.push({ text, position: { file: id, offset: this.#offset + next } });
    };
    const filled = bytes.subarray(0, length);
    for (let end = filled.indexOf(10); end >= 0; end = filled.indexOf(10, start)) take(end, end + 1);
    if (isDone && start < length) take(length, length);
    else if (lines.length === 0 && length >= LONGEST_LINE) take(length, length);
    if (lines.length > 0) this.#endsInsideLine = bytes[start - 1] !== 10;
    this.#offset += start;
    return lines;
  }

  #close(): void {
    if (this.#file) closeSync(this.#file.descriptor);
    this.#file = undefined;
    this.#offset = 0;
    this.#looksSinceMoved = 0;
    this.#endsInsideLine = false;
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

const idOf = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev}:${ino}`;

const idAt = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? idOf(found) : undefined;
};

/** The file of a folder that has this device and inode: a rotated log lies beside its successor. */
const findById = (folder: string, id: string): string | undefined =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .find((path) => idAt(path) === id);

/**
 * The file that took the place of a renamed one and was renamed itself since, by the names that log rotation gives: `log.1` is newer than
 * `log.2`, `log-20261124` than `log-20261123`. Undefined: the one of the name.
 */
function successorOf(path: string, id: string): string | undefined {
  const done = findById(dirname(path), id);
  const suffix = done?.startsWith(path) ? done.slice(path.length) : '';
  const count = Number(/^\.(\d{1,4})$/.exec(suffix)?.[1]);
  if (count > 1) return idAt(`${path}.${count - 1}`);
  if (!/^-\d+$/.test(suffix)) return undefined;
  const dated = readdirSync(dirname(path))
    .map((name) => join(dirname(path), name))
    .filter((other) => other.startsWith(path) && /^-\d+$/.test(other.slice(path.length)))
    .sort();
  const next = dated[dated.indexOf(done ?? '') + 1];
  return next === undefined ? undefined : idAt(next);
}
