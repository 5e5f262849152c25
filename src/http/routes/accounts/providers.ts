import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { signInExternally } from '../../../accounts/external-sign-in.ts';
import { Refusal } from '../../../accounts/refusal.ts';
import type { PendingSignIn, SignInProvider } from '../../../accounts/sign-in-provider.ts';
import { MINUTE } from '../../../domain/time.ts';
import { type Api, problems, type Services } from '../../api.ts';
import { CHANGES_A_MINUTE } from '../../limits.ts';
import { text } from '../../parameters.ts';
import { notFound, Problem } from '../../problem.ts';
import { addressOf } from '../../public-address.ts';
import { isSecure, readCookie, setCookie, setSessionCookie } from '../../session-cookie.ts';
import { originOf } from './request.ts';

const COOKIE = 'varve-sign-in';
const PATH = '/api/sign-in';
/** Time to sign in at the other service. */
const LIFE = 10 * MINUTE;

const params = z.strictObject({ provider: text(40, 'Id of a service') });

interface Pending extends PendingSignIn {
  readonly provider: string;
  readonly to: string;
  readonly until: number;
}

/** Signing in by another service: away to it, and back. What must be remembered meanwhile lies sealed in the browser. */
export function providerRoutes(api: Api, { context, accounts }: Services): void {
  const providerOf = (id: string): SignInProvider => {
    const provider = context.accounts?.providers.find((one) => one.id === id);
    if (!provider) throw notFound(`there is no service ${JSON.stringify(id)} to sign in with`);
    return provider;
  };

  api.get(
    '/api/sign-in/:provider',
    {
      exposeHeadRoute: false,
      config: { access: 'public', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Sign in by another service',
        description: 'For browsers: sends them there, and they come back signed in.',
        params,
        querystring: z.strictObject({ to: text(2_000, 'Page of this server to come back to').optional() }),
        response: { 302: z.null().describe('To the service'), ...problems(400, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const provider = providerOf(request.params.provider);
      const redirectUri = `${addressOf(request, context)}${PATH}/${provider.id}/callback`;
      const { address, pending } = await provider.begin(redirectUri).catch((error: unknown) => {
        context.logger.warn({ err: error, provider: provider.id }, 'a service to sign in with does not answer');
        throw new Problem(503, `${provider.title} does not answer; try again soon`, {
          headers: { 'retry-after': '5' },
        });
      });
      const until = context.clock.now() + LIFE;
      const remembered: Pending = { ...pending, provider: provider.id, to: localPath(request.query.to), until };
      const value = context.accounts?.box.seal(JSON.stringify(remembered), COOKIE) ?? '';
      setCookie(reply, { name: COOKIE, value, secure: isSecure(request), path: PATH, life: LIFE });
      return reply.redirect(address.href, 302) as never;
    },
  );

  api.get(
    '/api/sign-in/:provider/callback',
    {
      exposeHeadRoute: false,
      config: { access: 'public', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Where another service sends browsers back to',
        params,
        querystring: z.looseObject({}),
        response: { 302: z.null().describe('Back to the page'), ...problems(400, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const provider = providerOf(request.params.provider);
      const pending = pendingOf(request, provider);
      setCookie(reply, { name: COOKIE, value: '', secure: isSecure(request), path: PATH, life: 0 });
      if (!pending) return refuse(reply, '/', 'that took too long, or began in another browser; try again');
      try {
        const search = request.raw.url?.slice(request.raw.url.indexOf('?')) ?? '';
        const person = await provider.finish(search.startsWith('?') ? search : '', pending);
        setSessionCookie(request, reply, await signInExternally(accounts, provider, person, originOf(request)));
        return reply.redirect(pending.to, 302) as never;
      } catch (error) {
        if (error instanceof Refusal) return refuse(reply, pending.to, error.message);
        context.logger.warn({ err: error, provider: provider.id }, 'a sign-in by another service failed');
        return refuse(reply, pending.to, `${provider.title} did not confirm who you are`);
      }
    },
  );

  function pendingOf(request: FastifyRequest, provider: SignInProvider): Pending | undefined {
    const sealed = readCookie(request.raw.headers.cookie, COOKIE);
    const opened = sealed === undefined ? undefined : context.accounts?.box.open(sealed, COOKIE);
    const pending = opened === undefined ? undefined : (JSON.parse(opened) as Pending);
    return pending?.provider === provider.id && pending.until > context.clock.now() ? pending : undefined;
  }
}

function refuse(reply: FastifyReply, to: string, why: string): never {
  const address = new URL(to, 'http://page');
  address.searchParams.set('sign-in-refused', why);
  return reply.redirect(`${address.pathname}${address.search}`, 302) as never;
}

/** A path of this very server; anything else would make it a signpost to elsewhere. */
function localPath(to: string | undefined): string {
  if (to === undefined || !/^\/(?![/\\])/.test(to)) return '/';
  const address = URL.parse(to, 'http://page');
  return address?.origin === 'http://page' ? `${address.pathname}${address.search}` : '/';
}
