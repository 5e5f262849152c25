import { z } from 'zod';
import { switchOrg } from '../../../accounts/found-org.ts';
import { IDLE_LIMIT } from '../../../accounts/session-rules.ts';
import { endAllSessions, endSession, signIn } from '../../../accounts/sign-in.ts';
import { sessionsOf } from '../../../store/sessions.ts';
import { hasUsers } from '../../../store/users.ts';
import { callerOf, userOf } from '../../access.ts';
import { meBody } from '../../account-bodies.ts';
import {
  endedSessionsSchema,
  meSchema,
  orgChoiceSchema,
  orgSchema,
  sessionListSchema,
  signInOptionsSchema,
  signInRequestSchema,
} from '../../accounts-contract.ts';
import { type Api, problems, type Services } from '../../api.ts';
import { CHANGES_A_MINUTE } from '../../limits.ts';
import { text } from '../../parameters.ts';
import { clearSessionCookie, setSessionCookie } from '../../session-cookie.ts';
import { actorOfRequest, originOf } from './request.ts';

/** Signing in and out, and the sessions of whoever asks. */
export function sessionRoutes(api: Api, { context, accounts }: Services): void {
  const { engine, clock } = context;

  api.get(
    '/api/sign-in',
    {
      config: { access: 'public' },
      schema: {
        tags: ['accounts'],
        summary: 'How one can sign in here',
        querystring: z.strictObject({}),
        response: { 200: signInOptionsSchema, ...problems(400, 503) },
      },
    },
    async () => ({
      accounts: context.accounts !== null,
      firstRun: context.accounts !== null && !(await hasUsers(engine.reader)),
      providers: (context.accounts?.providers ?? []).map(({ id, title }) => ({ id, title })),
    }),
  );

  api.post(
    '/api/session',
    {
      config: { access: 'public', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Sign in with address and password',
        description:
          'Sets the cookie of a new session. After five failures of an account, or twenty of an address, each further one makes the next wait longer: ' +
          '429 says how long.',
        querystring: z.strictObject({}),
        body: signInRequestSchema.meta({ example: { email: 'ada@example.org', password: 'a few words of your own' } }),
        response: { 200: z.object({ signedIn: z.literal(true) }), ...problems(400, 401, 403, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      setSessionCookie(request, reply, await signIn(accounts, request.body, originOf(request)));
      return { signedIn: true } as const;
    },
  );

  api.delete(
    '/api/session',
    {
      config: { access: 'person', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Sign out',
        querystring: z.strictObject({}),
        response: { 200: endedSessionsSchema, ...problems(400, 401, 403, 409, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = userOf(request);
      await endSession(accounts, user, callerOf(request).session?.id ?? '', actorOfRequest(request));
      clearSessionCookie(request, reply);
      return { ended: 1 };
    },
  );

  api.get(
    '/api/me',
    {
      config: { access: 'signed-in' },
      schema: {
        tags: ['accounts'],
        summary: 'Who asks, for which org, and what he may do',
        querystring: z.strictObject({}),
        response: { 200: meSchema, ...problems(400, 401, 503) },
      },
    },
    async (request) => meBody(callerOf(request)),
  );

  api.put(
    '/api/session/org',
    {
      config: { access: 'signed-in', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Turn this session to another org of yours',
        querystring: z.strictObject({}),
        body: orgChoiceSchema.meta({ example: { org: 'default' } }),
        response: { 200: orgSchema, ...problems(400, 401, 403, 404, 415, 429, 503) },
      },
    },
    async (request) => {
      const { id, name } = await switchOrg(accounts, callerOf(request), request.body.org);
      return { id, name };
    },
  );

  api.get(
    '/api/sessions',
    {
      config: { access: 'person' },
      schema: {
        tags: ['accounts'],
        summary: 'Where you are signed in',
        querystring: z.strictObject({}),
        response: { 200: sessionListSchema, ...problems(400, 401, 403, 409, 503) },
      },
    },
    async (request) => {
      const sessions = await sessionsOf(engine.reader, userOf(request).number);
      const now = clock.now();
      const current = callerOf(request).session?.id;
      return {
        sessions: sessions
          .filter(({ expiresAt, seenAt }) => expiresAt > now && seenAt + IDLE_LIMIT > now)
          .map(({ id, address, agent, createdAt, seenAt, expiresAt }) => ({
            ...{ id, address, agent, createdAt, seenAt, expiresAt },
            current: id === current,
          })),
      };
    },
  );

  api.delete(
    '/api/sessions',
    {
      config: { access: 'person', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Sign out everywhere',
        description: 'Ends this session with the others. Tokens go on.',
        querystring: z.strictObject({}),
        response: { 200: endedSessionsSchema, ...problems(400, 401, 403, 409, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const ended = await endAllSessions(accounts, userOf(request), actorOfRequest(request));
      clearSessionCookie(request, reply);
      return { ended };
    },
  );

  api.delete(
    '/api/sessions/:id',
    {
      config: { access: 'person', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Sign out somewhere else',
        params: z.strictObject({ id: text(64, 'Id of a session of yours') }),
        querystring: z.strictObject({}),
        response: { 200: endedSessionsSchema, ...problems(400, 401, 403, 404, 409, 415, 429, 503) },
      },
    },
    async (request) => {
      await endSession(accounts, userOf(request), request.params.id, actorOfRequest(request));
      return { ended: 1 };
    },
  );
}
