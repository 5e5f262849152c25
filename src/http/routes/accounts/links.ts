import { z } from 'zod';
import { welcomeFirstOwner } from '../../../accounts/first-owner.ts';
import { joinAnew, joinAs, readInvite } from '../../../accounts/invites.ts';
import type { Role } from '../../../accounts/permissions.ts';
import { changePassword } from '../../../accounts/sign-in.ts';
import { resetPassword } from '../../../accounts/users.ts';
import { userOf } from '../../access.ts';
import {
  invitationSchema,
  linkRequestSchema,
  newPersonSchema,
  orgSchema,
  passwordChangeSchema,
  passwordResetSchema,
} from '../../accounts-contract.ts';
import { type Api, problems, type Services } from '../../api.ts';
import { CHANGES_A_MINUTE } from '../../limits.ts';
import { setSessionCookie } from '../../session-cookie.ts';
import { actorOfRequest, originOf } from './request.ts';

const signedIn = z.object({ signedIn: z.literal(true) });

/** What one-time links do, and changing the own password. Each begins a new session. */
export function linkRoutes(api: Api, { accounts }: Services): void {
  api.post(
    '/api/welcome',
    {
      config: { access: 'public', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Become the first owner',
        description: 'With the link that is printed at the start while nobody has an account.',
        querystring: z.strictObject({}),
        body: newPersonSchema,
        response: { 200: signedIn, ...problems(400, 403, 404, 409, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { link, ...person } = request.body;
      setSessionCookie(request, reply, await welcomeFirstOwner(accounts, link, person, originOf(request)));
      return { signedIn: true } as const;
    },
  );

  api.post(
    '/api/invites/read',
    {
      config: { access: 'public', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'What an invite is for',
        querystring: z.strictObject({}),
        body: linkRequestSchema,
        response: { 200: invitationSchema, ...problems(400, 403, 404, 415, 429, 503) },
      },
    },
    async ({ body }) => {
      const { org, role, email } = await readInvite(accounts, body.link);
      return { org: { id: org.id, name: org.name }, role: role as Role, email };
    },
  );

  api.post(
    '/api/invites/accept',
    {
      config: { access: 'public', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Accept an invite with a new account',
        description: 'When the address has an account already, give its password.',
        querystring: z.strictObject({}),
        body: newPersonSchema,
        response: { 200: signedIn, ...problems(400, 401, 403, 404, 409, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { link, ...person } = request.body;
      setSessionCookie(request, reply, await joinAnew(accounts, link, person, originOf(request)));
      return { signedIn: true } as const;
    },
  );

  api.post(
    '/api/invites/join',
    {
      config: { access: 'person', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Accept an invite as who you are',
        querystring: z.strictObject({}),
        body: linkRequestSchema,
        response: { 200: orgSchema, ...problems(400, 401, 403, 404, 409, 415, 429, 503) },
      },
    },
    async (request) => {
      const { id, name } = await joinAs(accounts, request.body.link, userOf(request), actorOfRequest(request));
      return { id, name };
    },
  );

  api.post(
    '/api/password',
    {
      config: { access: 'person', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Change your password',
        description: 'Ends all your sessions and begins a new one.',
        querystring: z.strictObject({}),
        body: passwordChangeSchema,
        response: { 200: signedIn, ...problems(400, 401, 403, 409, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = userOf(request);
      setSessionCookie(request, reply, await changePassword(accounts, user, request.body, originOf(request)));
      return { signedIn: true } as const;
    },
  );

  api.post(
    '/api/password/reset',
    {
      config: { access: 'public', rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Set a new password by a link',
        description: '`varve user reset-password` makes the link. Ends all your sessions and begins a new one.',
        querystring: z.strictObject({}),
        body: passwordResetSchema,
        response: { 200: signedIn, ...problems(400, 403, 404, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { link, password } = request.body;
      setSessionCookie(request, reply, await resetPassword(accounts, link, password, originOf(request)));
      return { signedIn: true } as const;
    },
  );
}
