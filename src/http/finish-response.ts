import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptsGzip, compress, LEAST_TO_COMPRESS } from './compression.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const COMPRESSIBLE = /^(?:text\/|application\/(?:json|problem\+json|javascript|manifest\+json)|image\/svg)/;

/** Gives every response that the framework sends its security headers, a tag, and compression where it pays. */
export function finishResponses(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    reply.headers(SECURITY_HEADERS);
    const tagged = tag(request, reply, payload);
    return tagged === payload ? pack(request, reply, payload) : tagged;
  });
}

/** Small answers are hashed: they cost less than knowing all that they depend on. */
function tag(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (reply.statusCode !== 200 || typeof payload !== 'string' || reply.hasHeader('etag')) return payload;
  if (request.method !== 'GET' && request.method !== 'HEAD') return payload;
  if (reply.getHeader('cache-control') === 'no-store') return payload;
  const etag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
  reply.header('etag', etag);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache');
  if (!request.headers['if-none-match']?.includes(etag)) return payload;
  reply.code(304).removeHeader('content-type');
  return '';
}

async function pack(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const type = String(reply.getHeader('content-type') ?? '');
  if (!COMPRESSIBLE.test(type) || reply.hasHeader('content-encoding') || reply.statusCode === 304) return payload;
  reply.header('vary', 'accept-encoding');
  if (!acceptsGzip(request.raw) || request.method === 'HEAD' || reply.hasHeader('content-range')) return payload;
  if (lengthOf(reply, payload) < LEAST_TO_COMPRESS) return payload;
  if (!(payload instanceof Readable) && typeof payload !== 'string') return payload;
  reply.removeHeader('content-length').header('content-encoding', 'gzip');
  // Of a pipeline both ends are closed when the client goes away; what went wrong then is nobody's concern.
  return typeof payload === 'string' ? compress(payload) : pipeline(payload, createGzip(), () => {});
}

const lengthOf = (reply: FastifyReply, payload: unknown): number =>
  typeof payload === 'string' ? payload.length : Number(reply.getHeader('content-length') ?? LEAST_TO_COMPRESS);
