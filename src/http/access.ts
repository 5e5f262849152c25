import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Caller } from '../accounts/caller.ts';
import { type Permission, roleFor, scopeFor } from '../accounts/permissions.ts';
import type { Org } from '../store/catalog.ts';
import type { User } from '../store/users.ts';
import { Problem } from './problem.ts';

/**
 * Who may use a route. `public`: everybody. `signed-in`: whoever is known, in whatever way. `person`: somebody with a session. Else what the
 * caller must be allowed to do in the org that he asks; `of: 'installation'`: in the org of the installation; `person: true`: no token
 * may, for it would outlive its own end.
 */
export type Access =
  | 'public'
  | 'signed-in'
  | 'person'
  | { readonly scope: Permission; readonly of?: 'installation'; readonly person?: true };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route; one without a rule is refused at the start. */
    access?: Access;
  }
  interface FastifyRequest {
    /** Null on public routes when nobody known asks. */
    caller: Caller | null;
  }
}

/** Finds the caller of a request; undefined when it shows no credential that holds. */
export type FindCaller = (request: FastifyRequest, access: Access) => Promise<Caller | undefined>;

/**
 * Holds every route to its rule, before anything of the request is read. Register before the first route; a route without a rule ends the
 * start with an error that names it.
 */
export function guardRoutes(app: FastifyInstance, findCaller: FindCaller): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', requireRule);
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const access = request.routeOptions.config.access ?? { scope: 'admin', of: 'installation' };
    request.caller = (await findCaller(request, access)) ?? null;
    const problem = access === 'public' ? undefined : refusal(request.caller, access, request);
    if (problem) throw problem;
  });
}

function requireRule({ method, url, config }: RouteOptions): void {
  if (config?.access !== undefined) return;
  throw new Error(
    `${[method].flat().join(', ')} ${url} has no rule: say who may use it, as in config: { access: { scope: 'read' } }`,
  );
}

function refusal(
  caller: Caller | null,
  access: Exclude<Access, 'public'>,
  { headers }: FastifyRequest,
): Problem | undefined {
  if (!caller) return unknownCaller(headers.authorization !== undefined);
  if (access === 'signed-in') return undefined;
  if (access === 'person') return caller.user ? undefined : noPerson(caller);
  if (access.person && caller.token) {
    return new Problem(
      403,
      'a token may not do this, for what it makes would outlive it; sign in, or use the command line',
    );
  }
  const { scope, of } = access;
  if ((of === 'installation' ? caller.installation : caller.permissions).has(scope)) return undefined;
  if (!caller.org) return noOrg();
  const where = of === 'installation' ? 'in the org of the installation' : `in ${caller.org.name}`;
  return new Problem(
    403,
    caller.token
      ? `this token may not do this: it needs the scope ${scopeFor(scope)} ${where}, and has ${caller.token.scopes.join(', ')}`
      : `you may not do this: it takes the role ${roleFor(scope)} ${where}`,
  );
}

const unknownCaller = (showsCredential: boolean): Problem =>
  new Problem(
    401,
    showsCredential
      ? 'this credential is not valid: it was mistyped, has expired, was revoked, or its maker is gone'
      : 'sign in, or send a token as Authorization: Bearer varve_…',
    { headers: { 'www-authenticate': `Bearer realm="varve"${showsCredential ? ', error="invalid_token"' : ''}` } },
  );

const noPerson = ({ local }: Caller): Problem =>
  local
    ? new Problem(409, 'accounts are off: this server was started with --no-auth')
    : new Problem(403, 'only a person who is signed in may do this, no token');

const noOrg = (): Problem => new Problem(403, 'you are in no org: ask an owner of one to invite you');

/** The caller of a route that is not public. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw unknownCaller(false);
  return caller;
}

/** The org that a request asks. Every query goes through it. */
export function orgOf(request: FastifyRequest): Org {
  const { org } = callerOf(request);
  if (!org) throw noOrg();
  return org;
}

/** The person behind a request of a route for persons. */
export function userOf(request: FastifyRequest): User {
  const caller = callerOf(request);
  if (!caller.user) throw noPerson(caller);
  return caller.user;
}
