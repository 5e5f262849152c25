import { z } from 'zod';
import { endToken, issueToken, TOKEN_LIFE } from '../../../accounts/issue-token.ts';
import { type Token, tokensOf } from '../../../store/tokens.ts';
import { listUsers } from '../../../store/users.ts';
import { orgOf } from '../../access.ts';
import { tokenBody } from '../../account-bodies.ts';
import { madeTokenSchema, tokenListSchema, tokenRequestSchema, tokenSchema } from '../../accounts-contract.ts';
import { type Api, problems, type Services } from '../../api.ts';
import { CHANGES_A_MINUTE } from '../../limits.ts';
import { text } from '../../parameters.ts';
import { actorOfRequest } from './request.ts';

/** Credentials of programs. */
export function tokenRoutes(api: Api, { context, accounts }: Services): void {
  const { engine, clock } = context;
  const withMakers = async (tokens: readonly Token[]) => {
    const users = new Map((await listUsers(engine.reader)).map(({ number, email }) => [number, email]));
    return tokens.map((token) => tokenBody(token, token.madeBy === null ? null : (users.get(token.madeBy) ?? null)));
  };

  api.get(
    '/api/tokens',
    {
      config: { access: { scope: 'admin' } },
      schema: {
        tags: ['accounts'],
        summary: 'Tokens of the org, the newest first',
        querystring: z.strictObject({}),
        response: { 200: tokenListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => ({ tokens: await withMakers(await tokensOf(engine.reader, orgOf(request).number)) }),
  );

  api.post(
    '/api/tokens',
    {
      config: { access: { scope: 'admin', person: true }, rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Make a token',
        description:
          '`ingest` may push, `read` may ask, `admin` may do both and everything else. A token never does more than who made it may do. Its text is ' +
          'shown this once.',
        querystring: z.strictObject({}),
        body: tokenRequestSchema.meta({ example: { name: 'weather station', scopes: ['ingest'] } }),
        response: { 201: madeTokenSchema, ...problems(400, 401, 403, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { name, scopes, expiresAt = clock.now() + TOKEN_LIFE } = request.body;
      const made = await issueToken(accounts, orgOf(request), { name, scopes, expiresAt }, actorOfRequest(request));
      const [body] = await withMakers([made.token]);
      if (!body) throw new Error('one token has one body');
      return reply.code(201).send({ ...body, token: made.text });
    },
  );

  api.delete(
    '/api/tokens/:id',
    {
      config: { access: { scope: 'admin' }, rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Revoke a token',
        description: 'It is refused from the next request on, for good.',
        params: z.strictObject({ id: text(64, 'Id of a token') }),
        querystring: z.strictObject({}),
        response: { 200: tokenSchema, ...problems(400, 401, 403, 404, 415, 429, 503) },
      },
    },
    async (request) => {
      const token = await endToken(accounts, orgOf(request), request.params.id, actorOfRequest(request));
      return tokenBody(token, null);
    },
  );
}
