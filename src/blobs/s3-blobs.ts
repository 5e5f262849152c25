import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { BlobError } from './blob-error.ts';
import {
  type BlobEntry,
  type Blobs,
  compareKeys,
  type ListRequest,
  MAXIMUM_PAGE,
  type ReadRequest,
  type WriteOptions,
} from './blobs.ts';
import { formatLocation, type S3Location } from './location.ts';
import { s3Error } from './s3-errors.ts';

const CONNECTIONS = 64;
const CONNECT_TIMEOUT = 5_000;

/**
 * A bucket and prefix of S3 or a server that speaks its language. Credentials come from the usual AWS chain: environment,
 * shared files, the machine's role. Nothing is retried here; see `retry.ts`.
 */
export class S3Blobs implements Blobs {
  readonly location: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;

  constructor(location: S3Location) {
    const { endpoint, region, pathStyle, bucket, prefix } = location;
    this.location = formatLocation(location);
    this.#bucket = bucket;
    this.#prefix = prefix;
    // Other servers seldom care for the region, but the signature needs some.
    const signed = region ?? (endpoint === undefined ? undefined : 'us-east-1');
    this.#client = new S3Client({
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(signed === undefined ? {} : { region: signed }),
      forcePathStyle: pathStyle ?? endpoint !== undefined,
      maxAttempts: 1,
      // Checksums in trailers are unknown to many servers other than Amazon's.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT,
        httpAgent: { maxSockets: CONNECTIONS, keepAlive: true },
        httpsAgent: { maxSockets: CONNECTIONS, keepAlive: true },
      },
    });
  }

  async *list(request: ListRequest = {}): AsyncGenerator<readonly BlobEntry[]> {
    const { prefix = '', startAfter, before, pageSize = MAXIMUM_PAGE, signal } = request;
    const place = this.#place(prefix);
    let token: string | undefined;
    let last = '';
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: this.#prefix + prefix,
        MaxKeys: pageSize,
        ...(startAfter === undefined ? {} : { StartAfter: this.#prefix + startAfter }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const answer = await this.#ask(place, null, signal, () => this.#client.send(command, abortedBy(signal)));
      const page: BlobEntry[] = [];
      for (const { Key = '', Size = 0, ETag = '', LastModified } of answer.Contents ?? []) {
        const key = Key.slice(this.#prefix.length);
        if (before !== undefined && compareKeys(key, before) >= 0) {
          if (page.length > 0) yield page;
          return;
        }
        if (compareKeys(key, last) <= 0 && last !== '') {
          const message = `${place} is not listed in the order of keys; such buckets cannot be read`;
          throw new BlobError('unavailable', message, { retryable: false });
        }
        last = key;
        // Consoles make empty objects named like folders.
        if (key === '' || key.endsWith('/')) continue;
        page.push({ key, bytes: Size, etag: ETag.replaceAll('"', ''), modifiedAt: LastModified?.getTime() ?? 0 });
      }
      if (page.length > 0) yield page;
      token = answer.IsTruncated ? answer.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async read(key: string, { maximumBytes, signal }: ReadRequest): Promise<Uint8Array> {
    const place = this.#place(key);
    return this.#ask(place, key, signal, async () => {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key });
      const { Body, ContentLength } = await this.#client.send(command, abortedBy(signal));
      const body = Body as Readable;
      const stop = () => body.destroy(new Error('aborted'));
      signal?.addEventListener('abort', stop, { once: true });
      try {
        return await gather(body, ContentLength, maximumBytes, place, key);
      } finally {
        signal?.removeEventListener('abort', stop);
        body.destroy();
      }
    });
  }

  async write(key: string, body: Uint8Array, { headers = {}, signal }: WriteOptions = {}): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: this.#prefix + key,
      Body: body,
      ...(headers.contentType === undefined ? {} : { ContentType: headers.contentType }),
      ...(headers.contentEncoding === undefined ? {} : { ContentEncoding: headers.contentEncoding }),
      ...(headers.cacheControl === undefined ? {} : { CacheControl: headers.cacheControl }),
    });
    await this.#ask(this.#place(key), key, signal, () => this.#client.send(command, abortedBy(signal)));
  }

  /** S3 cannot rename: the object is copied at its place, which readers see at once, and then forgotten where it was. */
  async move(from: string, to: string, signal?: AbortSignal): Promise<void> {
    const source = `${this.#bucket}/${this.#prefix}${from}`.split('/').map(encodeURIComponent).join('/');
    const command = new CopyObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + to, CopySource: source });
    await this.#ask(this.#place(from), from, signal, () => this.#client.send(command, abortedBy(signal)));
    await this.remove(from, signal);
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key });
    await this.#ask(this.#place(key), key, signal, () => this.#client.send(command, abortedBy(signal)));
  }

  async check(access: 'read' | 'write', signal?: AbortSignal): Promise<void> {
    for await (const _ of this.list({ pageSize: 1, ...(signal ? { signal } : {}) })) break;
    if (access === 'read') return;
    const key = `.varve-check-${randomUUID()}`;
    await this.write(key, new Uint8Array(), signal ? { signal } : {});
    await this.remove(key, signal);
  }

  close(): void {
    this.#client.destroy();
  }

  #place(key: string): string {
    return `s3://${this.#bucket}/${this.#prefix}${key}`.replace(/\/$/, '');
  }

  async #ask<Answer>(
    place: string,
    key: string | null,
    signal: AbortSignal | undefined,
    request: () => Promise<Answer>,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      signal?.throwIfAborted();
      throw s3Error(error, place, key);
    }
  }
}

const abortedBy = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});

async function gather(
  body: Readable,
  expected: number | undefined,
  maximumBytes: number,
  place: string,
  key: string,
): Promise<Uint8Array> {
  const tooLarge = (bytes: number) =>
    new BlobError('too-large', `${place} has ${bytes} bytes or more; at most ${maximumBytes} are read`, { key });
  if ((expected ?? 0) > maximumBytes) throw tooLarge(expected ?? 0);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maximumBytes) throw tooLarge(length);
    chunks.push(chunk);
  }
  if (expected !== undefined && length < expected) {
    throw new BlobError('cut', `${place} ended after ${length} of ${expected} bytes`, { key });
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length);
}
