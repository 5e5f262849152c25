import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemOf } from './problem.ts';

/** Makes every error of the app a problem document; unexpected ones are logged under the id that the caller gets as `instance`. */
export function handleProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  const unexpected = problem.statusCode >= 500;
  if (unexpected) request.log.error({ err: error, method: request.method, url: request.url }, 'request failed');
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem.toBody(unexpected ? `urn:request:${request.id}` : undefined));
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
