import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpContext } from './context.ts';
import { Problem } from './problem.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that another site's page asks for. Browsers name the origin of the page with every such request; programs name none. Beside
 * the `Sec-Fetch-Site` of newer browsers and cookies that are not sent along, this is the third lock on the same door.
 */
export function checkOrigin(app: FastifyInstance, { accounts }: Pick<HttpContext, 'accounts'>): void {
  const configured = accounts?.publicUrl === undefined ? undefined : new URL(accounts.publicUrl).host;
  app.addHook('onRequest', (request, _reply, done) => {
    done(isForeign(request, configured) ? foreign() : undefined);
  });
}

function isForeign({ method, raw, is404 }: FastifyRequest, configured: string | undefined): boolean {
  const { origin, host } = raw.headers;
  if (READING.has(method) || origin === undefined || is404) return false;
  const from = URL.parse(origin)?.host;
  return from === undefined || (from !== host?.toLowerCase() && from !== configured);
}

const foreign = (): Problem =>
  new Problem(403, 'requests that change something must come from this page or from outside a browser');
