import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { detectFormat } from '../../agent/reading-parser.ts';
import type { Format } from '../../sources/push/formats.ts';
import { Failure } from '../failure.ts';
import { formatOfName } from '../push-options.ts';

/** Each piece costs a turn of another thread; those of 16 KB, as zlib has them by itself, took six times as long in all. */
const PIECE = 256 * 1024;

/** What is to be pushed. */
export interface PushInput {
  /** For people. */
  readonly name: string;
  readonly format: Format;
  readonly pieces: AsyncIterable<string>;
  /** Bytes of the file; null when nobody knows. */
  readonly bytes: number | null;
  /** Bytes of it that were read so far. */
  bytesRead(): number;
}

/** Opens a file, or standard input, packed or not. Throws `Failure`. */
export async function openInput(file: string | undefined, asked: Format | 'auto'): Promise<PushInput> {
  const isFile = file !== undefined && file !== '-';
  const name = isFile ? basename(file) : 'standard input';
  const bytes = isFile ? await sizeOf(file) : null;
  let read = 0;
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const part of source) {
      read += part.length;
      yield part;
    }
  };
  const raw = counted(isFile ? createReadStream(file, { highWaterMark: PIECE }) : process.stdin);
  const pieces = decoded(raw, name);
  const first = await pieces.next();
  const begin = first.done ? '' : first.value;
  const format = asked === 'auto' ? (isFile ? formatOfName(file) : undefined) : asked;
  const detected = format === undefined || format === 'auto' ? detectFormat(begin) : format;
  if (detected === undefined) throw new Failure(`${name} is empty`);
  if (detected === 'number') throw new Failure(`${name} holds bare numbers; say which columns they are by a first row`);
  return { name, format: detected, pieces: rejoined(begin, pieces), bytes, bytesRead: () => read };
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new Failure(`${file} is a folder`);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(code === 'ENOENT' ? `there is no file ${file}` : message);
  }
}

/** The text, unpacked when it begins as gzip does. */
async function* decoded(raw: AsyncGenerator<Buffer>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const first = await raw.next();
  if (first.done) return;
  const isPacked = first.value[0] === 0x1f && first.value[1] === 0x8b;
  const whole = rejoined(first.value, raw);
  const bytes: AsyncIterable<Buffer> = isPacked ? Readable.from(whole).pipe(createGunzip({ chunkSize: PIECE })) : whole;
  try {
    for await (const part of bytes) {
      const text = decoder.decode(part, { stream: true });
      if (text !== '') yield text;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(
      `${name} cannot be read to its end: ${code?.startsWith('Z_') ? 'it is no whole gzip file' : message}`,
    );
  }
}

async function* rejoined<Part>(first: Part, rest: AsyncIterable<Part>): AsyncGenerator<Part> {
  yield first;
  yield* rest;
}
