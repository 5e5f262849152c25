import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemOf } from './problem.ts';

/** Makes every error of the app a problem document; unexpected ones are logged under the id that the caller gets as `instance`. */
export function handleProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  const unexpected = problem.statusCode >= 500;
  if (unexpected) {
    const { id, method, url } = request;
    request.log.error({ err: error, request: id, method, url }, 'request failed');
  }
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem.toBody(unexpected ? `urn:uuid:${request.id}` : undefined));
}

const CONNECTION_SAYS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'the headers of the request are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'the request did not arrive in time'),
};
const NO_HTTP = new Problem(400, 'this is no HTTP request');

/** What is not even a request is answered on the bare connection, and the connection closed. */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem = CONNECTION_SAYS[error.code] ?? NO_HTTP;
  const body = JSON.stringify(problem.toBody());
  const head = `HTTP/1.1 ${problem.statusCode} ${STATUS_CODES[problem.statusCode]}\r\nContent-Type: application/problem+json; charset=utf-8`;
  if (socket.writable)
    socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Knows the methods of each route, to tell a wrong method from a wrong address. Register before the routes. */
export class RouteMethods {
  readonly #routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }) => {
      if (url.includes('*')) return;
      const source = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:[^/]+/g, '[^/]+');
      this.#routes.push({ pattern: new RegExp(`^${source}$`), methods: [method].flat() });
    });
  }

  /** What to answer where no route fits. */
  problemOf(method: string, url: string): Problem {
    const path = url.split('?', 1)[0] as string;
    const fitting = this.#routes.filter(({ pattern }) => pattern.test(path));
    if (fitting.length === 0)
      return new Problem(404, `there is nothing at ${path.slice(0, 200)}; see /docs for what there is`);
    const allow = [...new Set(fitting.flatMap(({ methods }) => methods))].sort().join(', ');
    return new Problem(405, `${method} is not possible here, only ${allow}`, { headers: { allow } });
  }
}
