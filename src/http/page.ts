import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteMethods } from './problem-handlers.ts';
import { sendProblem } from './problem-handlers.ts';

const HASHED = /[/\\]assets[/\\]/;

/** Serves the built page: hashed assets for ever, its entry anew each time, and the entry for every address that the page itself routes. */
export function servePage(app: FastifyInstance, webRoot: string, methods: RouteMethods): void {
  const isBuilt = existsSync(join(webRoot, 'index.html'));
  if (isBuilt) {
    // The page itself holds nothing; it must come before anybody has signed in.
    app.addHook('onRoute', (route) => {
      if (existsSync(join(webRoot, route.url))) route.config = { ...route.config, access: 'public' };
    });
    app.register(fastifyStatic, {
      root: webRoot,
      cacheControl: false,
      // Only what was there at the start is served, each file by its own route.
      wildcard: false,
      schemaHide: true,
      setHeaders: (response, path) => {
        response.header('cache-control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (wantsPage(request)) return isBuilt ? reply.sendFile('index.html') : sendUnbuilt(reply);
    return sendProblem(methods.problemOf(request.method, request.url), request, reply);
  });
}

/** A browser asks for a page; programs and missing assets get a problem. */
function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    !/^\/(?:api|metrics|docs|assets)(?:[/?]|$)/.test(url) &&
    (headers.accept ?? '').includes('text/html')
  );
}

function sendUnbuilt(reply: FastifyReply): FastifyReply {
  const text = 'The page is not built. `npm start` builds it; the API is described at <a href="/docs">/docs</a>.';
  return reply.code(503).type('text/html; charset=utf-8').send(`<!doctype html><title>Varve</title><p>${text}</p>`);
}
