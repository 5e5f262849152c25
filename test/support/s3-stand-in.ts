import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { S3Connection } from './ceph.ts';
import { S3Error, xmlDocument, xmlElement, xmlTexts } from './s3-error.ts';
import { compareKeys, type ListedObject, listObjects } from './s3-listing.ts';
import { verifySignature } from './s3-signature.ts';
import type { Peer } from './supervise.ts';

/**
 * A small S3 server in memory, for machines without Ceph. Path-style addresses, signatures checked,
 * and no more operations than the tests use; s3-contract.test.ts holds it and Ceph to the same answers.
 */
export async function startStandIn(): Promise<Peer<S3Connection>> {
  const keys = { accessKeyId: 'VARVETEST', secretAccessKey: 'varve-test-secret' };
  const buckets: Buckets = new Map();
  const server = createServer((request, response) => {
    void answer(buckets, keys, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The S3 stand-in has no port.');
  return {
    connection: { kind: 'stand-in', endpoint: `http://127.0.0.1:${address.port}`, region: 'us-east-1', ...keys },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface StoredObject extends ListedObject {
  body: Buffer;
  headers: Record<string, string>;
}

type Objects = Map<string, StoredObject>;
type Buckets = Map<string, Objects>;

interface Reply {
  status: number;
  headers?: Record<string, string | number>;
  body?: string | Buffer;
}

interface Call {
  request: IncomingMessage;
  query: URLSearchParams;
  bucket: string;
  key: string;
  body: Buffer;
}

/** Headers of an upload that come back with every download. */
const KEPT_HEADERS = /^(content-type|content-encoding|content-disposition|cache-control|x-amz-meta-.*)$/;

async function answer(
  buckets: Buckets,
  keys: { accessKeyId: string; secretAccessKey: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const received = await buffer(request);
  const reply = handle(() => {
    verifySignature(request, received, keys);
    return route(buckets, readCall(request, received));
  });
  const body = reply.body ?? '';
  response.writeHead(reply.status, { 'content-length': Buffer.byteLength(body), ...reply.headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function handle(act: () => Reply): Reply {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { status: error.status, headers: { 'content-type': 'application/xml' }, body: error.toXml() };
  }
}

function readCall(request: IncomingMessage, body: Buffer): Call {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const [, bucket = '', ...key] = url.pathname.split('/').map((part) => decodeURIComponent(part));
  return { request, query: url.searchParams, bucket, key: key.join('/'), body };
}

function route(buckets: Buckets, call: Call): Reply {
  const operation = `${call.request.method} ${call.key ? 'object' : 'bucket'}`;
  if (operation === 'PUT bucket') {
    if (!buckets.has(call.bucket)) buckets.set(call.bucket, new Map());
    return { status: 200 };
  }
  const objects = buckets.get(call.bucket);
  if (!objects) throw new S3Error(404, 'NoSuchBucket');
  switch (operation) {
    case 'HEAD bucket':
      return { status: 200 };
    case 'GET bucket':
      if (call.query.get('list-type') !== '2') throw new S3Error(501, 'NotImplemented');
      return xmlReply(listObjects(call.bucket, sorted(objects), call.query));
    case 'POST bucket':
      if (!call.query.has('delete')) throw new S3Error(501, 'NotImplemented');
      return deleteMany(objects, call.body.toString());
    case 'PUT object':
      return put(objects, call);
    case 'GET object':
    case 'HEAD object':
      return get(objects, call);
    case 'DELETE object':
      objects.delete(call.key);
      return { status: 204 };
    default:
      throw new S3Error(501, 'NotImplemented');
  }
}

function sorted(objects: Objects): StoredObject[] {
  return [...objects.values()].sort((left, right) => compareKeys(left.key, right.key));
}

function put(objects: Objects, { key, body, request }: Call): Reply {
  if (request.headers['x-amz-copy-source']) return copy(objects, key, String(request.headers['x-amz-copy-source']));
  if (request.headers['content-length'] === undefined) throw new S3Error(411, 'MissingContentLength');
  if (request.headers['if-none-match'] === '*' && objects.has(key)) throw new S3Error(412, 'PreconditionFailed');
  const kept = Object.entries(request.headers).filter(([name]) => KEPT_HEADERS.test(name));
  const headers = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  objects.set(key, { key, body, size: body.length, etag, modified: new Date(), headers });
  return { status: 200, headers: { etag } };
}

/** Within one bucket: `/bucket/key`, with or without the first slash. */
function copy(objects: Objects, key: string, source: string): Reply {
  const [, ...parts] = decodeURIComponent(source).replace(/^\//, '').split('/');
  const original = objects.get(parts.join('/'));
  if (!original) throw new S3Error(404, 'NoSuchKey');
  objects.set(key, { ...original, key, modified: new Date() });
  return xmlReply(xmlDocument('CopyObjectResult', xmlElement('ETag', original.etag)));
}

function get(objects: Objects, { key, request }: Call): Reply {
  const object = objects.get(key);
  if (!object) throw new S3Error(404, 'NoSuchKey');
  const described = { etag: object.etag, 'last-modified': object.modified.toUTCString() };
  if (request.headers['if-none-match'] === object.etag) return { status: 304, headers: described };
  const headers = { 'content-type': 'binary/octet-stream', ...object.headers, ...described, 'accept-ranges': 'bytes' };
  const range = request.headers.range;
  if (range === undefined) return { status: 200, headers, body: object.body };
  const [from, to] = readRange(range, object.size);
  const part = object.body.subarray(from, to + 1);
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${from}-${to}/${object.size}` }, body: part };
}

/** The first and last byte of `bytes=2-4`, `bytes=2-` or `bytes=-3`. Throws InvalidRange when none exists. */
function readRange(range: string, size: number): [number, number] {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const from = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from > to) throw new S3Error(416, 'InvalidRange');
  return [from, to];
}

function deleteMany(objects: Objects, document: string): Reply {
  const keys = xmlTexts(document, 'Key');
  for (const key of keys) objects.delete(key);
  const deleted = keys.map((key) => `<Deleted>${xmlElement('Key', key)}</Deleted>`).join('');
  return xmlReply(xmlDocument('DeleteResult', /<Quiet>true<\/Quiet>/.test(document) ? '' : deleted));
}

function xmlReply(body: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
