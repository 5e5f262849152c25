import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that the body of the route may have, `*` for any or none; JSON when left out. */
    readonly accepts?: readonly string[];
  }
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a browser may be tricked into: a foreign host name that resolves to this machine (DNS rebinding), and
 * requests that change something but come from another site or as a plain form.
 */
export function checkRequests(app: FastifyInstance, allowedHosts: readonly string[] | undefined): void {
  const hosts = lowered(allowedHosts);
  app.addHook('onRequest', (request, _reply, done) => {
    done((hosts && hostProblem(request, hosts)) ?? (request.is404 ? undefined : changeProblem(request)));
  });
}

function hostProblem(request: FastifyRequest, hosts: ReadonlySet<string>): Problem | undefined {
  const name = hostName(request.raw.headers.host ?? '');
  if (hosts.has(name)) return undefined;
  return new Problem(
    421,
    `this server does not answer to the name ${JSON.stringify(name.slice(0, 100))}, only to ${[...hosts].join(', ')}`,
  );
}

const lowered = (hosts: readonly string[] | undefined): ReadonlySet<string> | undefined =>
  hosts && new Set(hosts.map((host) => host.toLowerCase()));

/** Whether the server answers to a Host header, for requests that do not pass the hooks. */
export function hostCheck(allowedHosts: readonly string[] | undefined): (header: string | undefined) => boolean {
  const hosts = lowered(allowedHosts);
  let last: string | undefined;
  return (header) => {
    if (!hosts) return true;
    // Nearly all requests of a server name it alike.
    if (header !== undefined && header === last) return true;
    const isAllowed = hosts.has(hostName(header ?? ''));
    if (isAllowed) last = header;
    return isAllowed;
  };
}

/** The name in a Host header, without its port; IPv6 addresses keep their brackets. */
function hostName(host: string): string {
  const end = host.lastIndexOf(':');
  return (end > host.lastIndexOf(']') ? host.slice(0, end) : host).toLowerCase();
}

function changeProblem({ method, raw: { headers }, routeOptions }: FastifyRequest): Problem | undefined {
  if (READING.has(method)) return undefined;
  const site = headers['sec-fetch-site'];
  if (site === undefined ? isForeign(headers.origin, headers.host) : site !== 'same-origin' && site !== 'none') {
    return new Problem(403, 'requests that change something must come from this page or from outside a browser');
  }
  const { accepts = ['application/json'] } = routeOptions.config;
  if (accepts.includes('*')) return undefined;
  const type = mediaType(headers['content-type']);
  if (accepts.includes(type)) return undefined;
  if (accepts.length === 1)
    return new Problem(415, 'send the body as JSON with the header Content-Type: application/json');
  const got = type === '' ? 'there was none' : `got ${JSON.stringify(type.slice(0, 100))}`;
  return new Problem(415, `the header Content-Type must be one of ${accepts.join(', ')}; ${got}`);
}

/** Without a secure context a browser tells only the origin, and that always when it is another one. */
function isForeign(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && URL.parse(origin)?.host !== host?.toLowerCase();
}

/** The type of a Content-Type header without its parameters, in small letters; empty when there is none. */
export const mediaType = (header: string | undefined): string => header?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
