import { createServer, type IncomingMessage, type RequestOptions, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { S3Error } from './s3-error.ts';

type S3Operation =
  | 'CreateBucket'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'GetObject'
  | 'HeadBucket'
  | 'HeadObject'
  | 'ListObjectsV2'
  | 'PutObject'
  | 'other';

/** What goes wrong with a request. */
type S3Fault =
  | { kind: 'slow-down' | 'forbidden' | 'not-found' }
  /** The connection ends after so many bytes of the body. */
  | { kind: 'cut'; afterBytes: number }
  /** The body ends early, and its stated length agrees: nothing but the content tells. */
  | { kind: 'truncate'; toBytes: number }
  /** The answer is right but comes late. */
  | { kind: 'delay'; milliseconds: number };

/** Which requests are meant; for a listing the key is its prefix. Everything left out matches. */
interface S3Match {
  operation?: S3Operation;
  key?: string | RegExp;
}

interface ObservedRequest {
  operation: S3Operation;
  key: string;
  /** What the client is answered; absent while it waits. */
  status?: number | 'cut';
}

/** A proxy in front of an S3 server that counts requests and spoils those it is told to. */
export interface S3Faults {
  /** Takes the place of the server's address. */
  endpoint: string;
  /** Spoils matching requests, the first so many or all. Of several faults the latest that matches applies. */
  inject(fault: S3Fault, match?: S3Match & { times?: number }): void;
  /** Every request since the start or the last clear, in the order of arrival. */
  requests: readonly ObservedRequest[];
  count(match?: S3Match): number;
  /** Forgets all faults and requests. */
  clear(): void;
  stop(): Promise<void>;
}

interface Rule extends S3Match {
  fault: S3Fault;
  left: number;
}

const REFUSALS = {
  'slow-down': new S3Error(503, 'SlowDown'),
  forbidden: new S3Error(403, 'AccessDenied'),
  'not-found': new S3Error(404, 'NoSuchKey'),
};

/** Starts a proxy in front of the S3 server at the given address. */
export async function startS3Faults(target: string): Promise<S3Faults> {
  const rules: Rule[] = [];
  const requests: ObservedRequest[] = [];
  const server = createServer((incoming, response) => {
    const seen = observe(incoming);
    const rule = rules.findLast((candidate) => candidate.left > 0 && matches(candidate, seen));
    if (rule) rule.left -= 1;
    requests.push(seen);
    serve(target, incoming, response, seen, rule?.fault).catch(() => {
      seen.status = 'cut';
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fault proxy has no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    inject: (fault, { times = Number.POSITIVE_INFINITY, ...match } = {}) => {
      rules.push({ ...match, fault, left: times });
    },
    requests,
    count: (match = {}) => requests.filter((seen) => matches(match, seen)).length,
    clear: () => {
      rules.length = 0;
      requests.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  seen: ObservedRequest,
  fault: S3Fault | undefined,
): Promise<void> {
  if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
  if (fault && fault.kind in REFUSALS) {
    const refusal = REFUSALS[fault.kind as keyof typeof REFUSALS];
    seen.status = refusal.status;
    incoming.resume();
    response.writeHead(refusal.status, { 'content-type': 'application/xml' }).end(refusal.toXml());
    return;
  }
  const answer = await forward(target, incoming);
  seen.status = fault?.kind === 'cut' ? 'cut' : (answer.statusCode ?? 502);
  if (fault?.kind === 'cut') return cut(answer, response, fault.afterBytes);
  if (fault?.kind === 'truncate') return truncate(answer, response, fault.toBytes);
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
}

/** Sends the request on as it is: its signature covers the host name that the client saw. */
function forward(target: string, incoming: IncomingMessage): Promise<IncomingMessage> {
  const { hostname, port } = new URL(target);
  const { method, url: path, headers } = incoming;
  const options: RequestOptions = { hostname, port, setHost: false, ...(method && { method }), ...(path && { path }) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, headers }, resolve);
    outgoing.once('error', reject);
    pipeline(incoming, outgoing).catch(reject);
  });
}

async function cut(answer: IncomingMessage, response: ServerResponse, afterBytes: number): Promise<void> {
  const body = await firstBytes(answer, afterBytes);
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  response.flushHeaders();
  response.write(body, () => response.destroy());
}

async function truncate(answer: IncomingMessage, response: ServerResponse, toBytes: number): Promise<void> {
  const body = await firstBytes(answer, toBytes);
  response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': body.length });
  response.end(body);
}

async function firstBytes(answer: IncomingMessage, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).subarray(0, count);
}

function matches({ operation, key }: S3Match, seen: ObservedRequest): boolean {
  if (operation !== undefined && operation !== seen.operation) return false;
  if (key === undefined) return true;
  return typeof key === 'string' ? key === seen.key : key.test(seen.key);
}

function observe({ method = 'GET', url = '/' }: IncomingMessage): ObservedRequest {
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  const key = pathname.split('/').slice(2).map(decodeURIComponent).join('/');
  if (key) return { operation: OBJECT_OPERATIONS[method] ?? 'other', key };
  if (method === 'GET' && searchParams.get('list-type') === '2') {
    return { operation: 'ListObjectsV2', key: searchParams.get('prefix') ?? '' };
  }
  return { operation: BUCKET_OPERATIONS[method] ?? 'other', key: '' };
}

const OBJECT_OPERATIONS: Record<string, S3Operation> = {
  DELETE: 'DeleteObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
};

const BUCKET_OPERATIONS: Record<string, S3Operation> = {
  HEAD: 'HeadBucket',
  POST: 'DeleteObjects',
  PUT: 'CreateBucket',
};
