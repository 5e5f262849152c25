import { z } from 'zod';
import { invite, takeBackInvite } from '../../../accounts/invites.ts';
import { changeRole, removeMember } from '../../../accounts/members.ts';
import { membersOf } from '../../../store/memberships.ts';
import { invitesOf } from '../../../store/one-time-links.ts';
import { orgOf } from '../../access.ts';
import { inviteBody, memberBody } from '../../account-bodies.ts';
import {
  inviteListSchema,
  inviteRequestSchema,
  madeInviteSchema,
  memberListSchema,
  memberSchema,
  roleChangeSchema,
} from '../../accounts-contract.ts';
import { type Api, problems, type Services } from '../../api.ts';
import { CHANGES_A_MINUTE } from '../../limits.ts';
import { text } from '../../parameters.ts';
import { addressOf } from '../../public-address.ts';
import { actorOfRequest } from './request.ts';

const ASKS = { access: { scope: 'admin' } } as const;
/** An invite or a role that a token gave would outlive it. */
const CHANGES = { access: { scope: 'admin', person: true }, rateLimit: CHANGES_A_MINUTE } as const;

const memberParameter = z.strictObject({ id: text(64, 'Id of a member') });

/** Who is in an org, and who is invited. */
export function memberRoutes(api: Api, { context, accounts }: Services): void {
  const { engine, clock } = context;

  api.get(
    '/api/members',
    {
      config: ASKS,
      schema: {
        tags: ['accounts'],
        summary: 'Members of the org',
        querystring: z.strictObject({}),
        response: { 200: memberListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => ({ members: (await membersOf(engine.reader, orgOf(request).number)).map(memberBody) }),
  );

  api.patch(
    '/api/members/:id',
    {
      config: CHANGES,
      schema: {
        tags: ['accounts'],
        summary: 'Give a member another role',
        description: 'The last owner stays one.',
        params: memberParameter,
        querystring: z.strictObject({}),
        body: roleChangeSchema.meta({ example: { role: 'editor' } }),
        response: { 200: memberSchema, ...problems(400, 401, 403, 404, 409, 415, 429, 503) },
      },
    },
    async (request) => {
      const { params, body } = request;
      return memberBody(await changeRole(accounts, orgOf(request), params.id, body.role, actorOfRequest(request)));
    },
  );

  api.delete(
    '/api/members/:id',
    {
      config: CHANGES,
      schema: {
        tags: ['accounts'],
        summary: 'Take a member out of the org',
        description: 'The tokens that he made are refused from then on. The last owner cannot be removed.',
        params: memberParameter,
        querystring: z.strictObject({}),
        response: { 200: z.object({ removed: z.literal(true) }), ...problems(400, 401, 403, 404, 409, 415, 429, 503) },
      },
    },
    async (request) => {
      await removeMember(accounts, orgOf(request), request.params.id, actorOfRequest(request));
      return { removed: true } as const;
    },
  );

  api.get(
    '/api/invites',
    {
      config: ASKS,
      schema: {
        tags: ['accounts'],
        summary: 'Invites that wait to be accepted',
        querystring: z.strictObject({}),
        response: { 200: inviteListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => {
      const invites = await invitesOf(engine.reader, orgOf(request).number);
      const now = clock.now();
      return { invites: invites.filter(({ expiresAt }) => expiresAt > now).map(inviteBody) };
    },
  );

  api.post(
    '/api/invites',
    {
      config: CHANGES,
      schema: {
        tags: ['accounts'],
        summary: 'Invite somebody by a link',
        description: 'The link works once, for seven days. With `email` it works only for that address.',
        querystring: z.strictObject({}),
        body: inviteRequestSchema.meta({ example: { role: 'viewer' } }),
        response: { 201: madeInviteSchema, ...problems(400, 401, 403, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const made = await invite(accounts, orgOf(request), request.body, actorOfRequest(request));
      const link = `${addressOf(request, context)}/invite#${made.text}`;
      return reply.code(201).send({ ...inviteBody(made.link), link });
    },
  );

  api.delete(
    '/api/invites/:id',
    {
      config: CHANGES,
      schema: {
        tags: ['accounts'],
        summary: 'Take an invite back',
        params: z.strictObject({ id: text(64, 'Id of an invite') }),
        querystring: z.strictObject({}),
        response: { 200: z.object({ removed: z.literal(true) }), ...problems(400, 401, 403, 404, 415, 429, 503) },
      },
    },
    async (request) => {
      await takeBackInvite(accounts, orgOf(request), request.params.id, actorOfRequest(request));
      return { removed: true } as const;
    },
  );
}
