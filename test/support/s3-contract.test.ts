import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askPeer } from './ask-peer.ts';
import { hasCeph, type S3Connection } from './ceph.ts';
import { s3Client } from './s3.ts';
import { startStandIn } from './s3-stand-in.ts';
import type { Peer } from './supervise.ts';

const servers: { name: string; start: () => Promise<Peer<S3Connection>> }[] = [
  { name: 'the stand-in', start: startStandIn },
];
const withCeph = await hasCeph();
if (withCeph) {
  const stop = () => Promise.resolve();
  servers.push({ name: 'Ceph', start: async () => ({ connection: await askPeer<S3Connection>('s3'), stop }) });
}

test('the real server is here to be compared with', ({ skip }) => {
  if (!withCeph) skip('the programs of Ceph are not installed: only the stand-in is held to the contract');
});

/** What a failed request says: its status and the name of its error. */
async function failure(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof S3ServiceException ? `${error.$metadata.httpStatusCode} ${error.name}` : `no error: ${error}`;
}

describe.each(servers)('$name', ({ start }) => {
  const Bucket = `contract-${randomBytes(6).toString('hex')}`;
  let server: Peer<S3Connection>;
  let client: ReturnType<typeof s3Client>;

  beforeAll(async () => {
    server = await start();
    client = s3Client(server.connection);
    await client.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
  const get = async (Key: string, more: { Range?: string; IfNoneMatch?: string } = {}) => {
    const response = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return { ...response, text: await response.Body?.transformToString() };
  };
  const list = (more: Omit<ListObjectsV2CommandInput, 'Bucket'>) =>
    client.send(new ListObjectsV2Command({ Bucket, ...more }));

  test('an object comes back with its bytes, type and metadata, whatever its key', async () => {
    const Key = "folder/spaced é+&=<>'()*!~.txt";
    const described = { ContentType: 'text/plain', CacheControl: 'max-age=60', Metadata: { origin: 'here' } };
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello world', ...described }));
    expect(await get(Key)).toMatchObject({ text: 'hello world', ContentLength: 11, ...described });
    expect((await list({ Prefix: 'folder/' })).Contents?.map((object) => object.Key)).toEqual([Key]);
  });

  test('a stream is stored as its bytes when its length is said before', async () => {
    const stream = () => Readable.from([Buffer.from('hello '), Buffer.from('stream')]);
    const upload = new PutObjectCommand({ Bucket, Key: 'streamed', Body: stream(), ContentLength: 12 });
    await client.send(upload);
    expect((await get('streamed')).text).toBe('hello stream');
    const lengthUnknown = new PutObjectCommand({ Bucket, Key: 'endless', Body: stream() });
    expect(await failure(client.send(lengthUnknown))).toBe('411 MissingContentLength');
  });

  test('the etag is the MD5 of the content', async () => {
    const stored = await put('etag', 'hello world');
    expect(stored.ETag).toBe('"5eb63bbbe01eeed093cb22bb8f5acdc3"');
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'etag' }));
    expect(head).toMatchObject({ ETag: stored.ETag, ContentLength: 11 });
    expect(head.LastModified).toBeInstanceOf(Date);
  });

  test('ranges', async () => {
    await put('range', 'hello world');
    expect(await get('range', { Range: 'bytes=2-4' })).toMatchObject({ text: 'llo', ContentRange: 'bytes 2-4/11' });
    expect((await get('range', { Range: 'bytes=6-' })).text).toBe('world');
    expect((await get('range', { Range: 'bytes=-3' })).text).toBe('rld');
    expect((await get('range', { Range: 'bytes=6-600' })).text).toBe('world');
    expect(await failure(get('range', { Range: 'bytes=100-200' }))).toBe('416 InvalidRange');
  });

  test('what is known already is not sent again', async () => {
    const { ETag = '' } = await put('known', 'first');
    expect(await failure(get('known', { IfNoneMatch: ETag }))).toMatch(/^304 /);
    await put('known', 'second');
    expect((await get('known', { IfNoneMatch: ETag })).text).toBe('second');
  });

  test('a write that must not replace does not', async () => {
    const once = (Body: string) => client.send(new PutObjectCommand({ Bucket, Key: 'once', Body, IfNoneMatch: '*' }));
    await once('first');
    expect(await failure(once('second'))).toBe('412 PreconditionFailed');
    expect((await get('once')).text).toBe('first');
  });

  test('what is absent', async () => {
    expect(await failure(get('absent'))).toBe('404 NoSuchKey');
    expect(await failure(client.send(new HeadObjectCommand({ Bucket, Key: 'absent' })))).toBe('404 NotFound');
    expect(await failure(client.send(new HeadBucketCommand({ Bucket: 'absent-bucket' })))).toBe('404 NotFound');
    expect(await failure(client.send(new ListObjectsV2Command({ Bucket: 'absent-bucket' })))).toBe('404 NoSuchBucket');
    await expect(client.send(new HeadBucketCommand({ Bucket }))).resolves.toBeDefined();
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'absent' }))).resolves.toBeDefined();
  });

  test('creating a bucket again changes nothing', async () => {
    await put('kept', 'here');
    await client.send(new CreateBucketCommand({ Bucket }));
    expect((await get('kept')).text).toBe('here');
  });

  test('a wrong secret, an unknown key and no key at all are refused', async () => {
    const request = new ListObjectsV2Command({ Bucket });
    const wrongSecret = s3Client({ ...server.connection, secretAccessKey: 'wrong' });
    expect(await failure(wrongSecret.send(request))).toBe('403 SignatureDoesNotMatch');
    const unknownKey = s3Client({ ...server.connection, accessKeyId: 'UNKNOWN' });
    expect(await failure(unknownKey.send(request))).toBe('403 InvalidAccessKeyId');
    expect((await fetch(`${server.connection.endpoint}/${Bucket}?list-type=2`)).status).toBe(403);
  });

  test('listing: order, prefix, pages, where to begin', async () => {
    const keys = ['l/a/1', 'l/a/2', 'l/b/1', 'l/b/2', 'l/c', 'l/d', 'l/é'];
    for (const key of keys.toReversed()) await put(key, key);
    const names = async (more: Omit<ListObjectsV2CommandInput, 'Bucket'>) =>
      (await list({ Prefix: 'l/', ...more })).Contents?.map((object) => object.Key) ?? [];
    expect(await names({})).toEqual(keys);
    expect(await names({ StartAfter: 'l/b/1' })).toEqual(keys.slice(3));
    expect(await names({ StartAfter: 'l/b/', MaxKeys: 1 })).toEqual(['l/b/1']);

    const pages: (string | undefined)[][] = [];
    let page = await list({ Prefix: 'l/', MaxKeys: 3 });
    for (;;) {
      pages.push(page.Contents?.map((object) => object.Key) ?? []);
      if (!page.IsTruncated) break;
      page = await list({ Prefix: 'l/', MaxKeys: 3, ContinuationToken: page.NextContinuationToken });
    }
    expect(pages).toEqual([keys.slice(0, 3), keys.slice(3, 6), keys.slice(6)]);
  });

  test('listing: folders by a delimiter, also over pages', async () => {
    for (const key of ['f/a/1', 'f/a/2', 'f/b/1', 'f/x']) await put(key, key);
    const all = await list({ Prefix: 'f/', Delimiter: '/' });
    expect(all.CommonPrefixes).toEqual([{ Prefix: 'f/a/' }, { Prefix: 'f/b/' }]);
    expect(all.Contents?.map((object) => object.Key)).toEqual(['f/x']);
    const first = await list({ Prefix: 'f/', Delimiter: '/', MaxKeys: 1 });
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 1, CommonPrefixes: [{ Prefix: 'f/a/' }] });
    const next = { Prefix: 'f/', Delimiter: '/', MaxKeys: 1, ContinuationToken: first.NextContinuationToken };
    expect((await list(next)).CommonPrefixes).toEqual([{ Prefix: 'f/b/' }]);
  });

  test('deleting one and many', async () => {
    for (const key of ['d/1', 'd/2', 'd/3&<']) await put(key, key);
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'd/1' }));
    const Objects = [{ Key: 'd/2' }, { Key: 'd/3&<' }, { Key: 'd/never' }];
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map((object) => object.Key).sort()).toEqual(['d/2', 'd/3&<', 'd/never']);
    expect((await list({ Prefix: 'd/' })).KeyCount).toBe(0);
  });
});
