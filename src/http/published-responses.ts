import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServedArtifact, ServedWindows } from '../windows/served-windows.ts';
import { orgOf } from './access.ts';
import { acceptsGzip } from './compression.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** A response as it is written: header names and values one after the other, which is what `writeHead` takes fastest. */
interface Ready {
  readonly served: ServedArtifact;
  readonly packed: string[];
  readonly raw: string[];
  readonly unchanged: string[];
}

/** Responses that are kept ready over all orgs. */
const MOST_READY = 5_000;
const FIRST_SWEEP = 100;
/** Where published windows are asked for: all other requests are left alone at once. */
const PATH = '/api/samples/latest';
const IMMUTABLE = 'private, max-age=3600, immutable';
const NORMAL = 'private, no-cache';

/**
 * Writes published windows. Addresses that were answered once are answered again without the framework: for a body of a few hundred bytes its
 * routing, checks and hooks cost more than the rest. What it would have checked is checked here.
 */
export class PublishedResponses {
  readonly #windows: ServedWindows;
  readonly #answersTo: (host: string | undefined) => boolean;
  readonly #readerOf: (request: IncomingMessage) => number | undefined;
  readonly #observe: (method: string, status: string, seconds: number) => void;
  /** By the org of the caller and the address: without a series in it, an address means another one in each org. */
  readonly #ready = new Map<string, Ready>();
  #sweepAt = FIRST_SWEEP;

  /** `readerOf`: the org that a request may read, where that is known at once; undefined leaves the request to the framework. */
  constructor(
    windows: ServedWindows,
    answersTo: (host: string | undefined) => boolean,
    readerOf: (request: IncomingMessage) => number | undefined,
    observe: (method: string, status: string, seconds: number) => void,
  ) {
    this.#windows = windows;
    this.#answersTo = answersTo;
    this.#readerOf = readerOf;
    this.#observe = observe;
  }

  /** Answers a request whose address was answered before and whose answer is still right; false leaves it to the framework. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { method = '', url = '' } = request;
    if (!url.startsWith(PATH) || (method !== 'GET' && method !== 'HEAD')) return false;
    if (!this.#answersTo(request.headers.host)) return false;
    const org = this.#readerOf(request);
    if (org === undefined) return false;
    const key = keyOf(org, url);
    const ready = this.#ready.get(key);
    if (ready === undefined) return false;
    if (!this.#windows.isCurrent(ready.served)) {
      this.#ready.delete(key);
      return false;
    }
    const begin = performance.now();
    const status = write(ready, request, response);
    this.#observe(method, status, (performance.now() - begin) / 1_000);
    return true;
  }

  /** Sends an artifact; `isLatest` when the address means the newest version, whichever that is. */
  send(request: FastifyRequest, reply: FastifyReply, served: ServedArtifact, isLatest: boolean): FastifyReply {
    const ready = readyOf(served, isLatest ? NORMAL : IMMUTABLE);
    if (isLatest && served.isCurrent) this.#remember(keyOf(orgOf(request).number, request.raw.url ?? ''), ready);
    reply.hijack();
    write(ready, request.raw, reply.raw);
    return reply;
  }

  #remember(key: string, ready: Ready): void {
    if (this.#ready.size >= this.#sweepAt) this.#sweep();
    if (this.#ready.size >= MOST_READY) this.#ready.delete(this.#ready.keys().next().value as string);
    this.#ready.set(key, ready);
  }

  /** Nobody may ever ask again by an address, and what it held would lie beside the memory that published windows are allowed. */
  #sweep(): void {
    for (const [key, { served }] of this.#ready) if (!served.isCurrent) this.#ready.delete(key);
    this.#sweepAt = Math.min(Math.max(2 * this.#ready.size, FIRST_SWEEP), MOST_READY);
  }
}

const keyOf = (org: number, address: string): string => `${org} ${address}`;

function write({ served, packed, raw, unchanged }: Ready, request: IncomingMessage, response: ServerResponse): string {
  const held = request.headers['if-none-match'];
  if (held?.includes(served.etag)) {
    response.writeHead(304, unchanged).end();
    return '304';
  }
  const isPacked = acceptsGzip(request);
  response.writeHead(200, isPacked ? packed : raw);
  if (request.method === 'HEAD') response.end();
  else response.end(isPacked ? served.packed : served.raw);
  return '200';
}

const SECURITY = Object.entries(SECURITY_HEADERS).flat();

function readyOf(served: ServedArtifact, cacheControl: string): Ready {
  const common = ['etag', served.etag, 'cache-control', cacheControl, 'vary', 'accept-encoding', ...SECURITY];
  const body = ['content-type', 'application/json; charset=utf-8', ...common];
  return {
    served,
    packed: [...body, 'content-encoding', 'gzip', 'content-length', String(served.packed.byteLength)],
    raw: [...body, 'content-length', String(served.raw.byteLength)],
    unchanged: common,
  };
}
