import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Prepared } from './answers.ts';
import { acceptsGzip, compress, LEAST_TO_COMPRESS } from './compression.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const NORMAL = 'private, no-cache';
/** Only restatements change such an answer; they are rare, and told by the feed. */
const IMMUTABLE = 'private, max-age=86400, immutable';

/** Sends a data answer, or 304 before anything is computed when the caller holds it already. */
export async function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { etag, isAbsolute, load }: Prepared,
): Promise<FastifyReply> {
  if (request.raw.headers['if-none-match']?.includes(etag)) {
    return reply.code(304).headers({ etag, 'cache-control': NORMAL, vary: 'accept-encoding' }).send();
  }
  const loading = load();
  const answer = loading instanceof Promise ? await loading : loading;
  const packed = isWorthPacking(request, answer.body) ? (answer.packed ?? (await answer.pack())) : undefined;
  const cacheControl = isAbsolute && answer.frozen ? IMMUTABLE : NORMAL;
  return write(reply, answer.body, packed, { etag, 'cache-control': cacheControl });
}

/** Sends JSON that was put together as bytes. */
export async function sendBytes(request: FastifyRequest, reply: FastifyReply, body: Buffer): Promise<FastifyReply> {
  const packed = isWorthPacking(request, body) ? await compress(body) : undefined;
  return write(reply, body, packed, { 'cache-control': 'no-store' });
}

const isWorthPacking = (request: FastifyRequest, body: Buffer): boolean =>
  body.byteLength >= LEAST_TO_COMPRESS && acceptsGzip(request.raw);

/** Past the framework's own serialising and sending, which cost a third of the throughput of bodies of 20 KB. */
function write(
  reply: FastifyReply,
  body: Buffer,
  packed: Buffer | undefined,
  headers: Record<string, string>,
): FastifyReply {
  reply.hijack();
  reply.raw
    .writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'content-length': (packed ?? body).byteLength,
      ...(packed ? { 'content-encoding': 'gzip' } : {}),
      vary: 'accept-encoding',
      ...headers,
    })
    .end(packed ?? body);
  return reply;
}
