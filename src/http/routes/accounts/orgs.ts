import { z } from 'zod';
import { foundOrg, nameOrg } from '../../../accounts/found-org.ts';
import { listAudit } from '../../../store/audit.ts';
import { callerOf, orgOf } from '../../access.ts';
import { auditListSchema, orgChangeSchema, orgRequestSchema, orgSchema } from '../../accounts-contract.ts';
import { type Api, problems, type Services } from '../../api.ts';
import { CHANGES_A_MINUTE } from '../../limits.ts';
import { wholeNumber } from '../../parameters.ts';
import { actorOfRequest } from './request.ts';

const DEFAULT_LIMIT = 100;

/** Orgs, and what was done in them. */
export function orgRoutes(api: Api, { context, accounts }: Services): void {
  api.post(
    '/api/orgs',
    {
      config: { access: { scope: 'admin', of: 'installation', person: true }, rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Make an org',
        description: 'You own it. Nothing of one org can be seen from another.',
        querystring: z.strictObject({}),
        body: orgRequestSchema.meta({ example: { id: 'greenhouse', name: 'Greenhouse' } }),
        response: { 201: orgSchema, ...problems(400, 401, 403, 409, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id, name } = await foundOrg(accounts, request.body, actorOfRequest(request));
      return reply.code(201).send({ id, name });
    },
  );

  api.patch(
    '/api/org',
    {
      config: { access: { scope: 'admin' }, rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['accounts'],
        summary: 'Rename the org',
        description: 'Its id stays: series are named by it.',
        querystring: z.strictObject({}),
        body: orgChangeSchema.meta({ example: { name: 'Greenhouse' } }),
        response: { 200: orgSchema, ...problems(400, 401, 403, 415, 429, 503) },
      },
    },
    async (request) => {
      const { id, name } = await nameOrg(accounts, orgOf(request), request.body.name, actorOfRequest(request));
      return { id, name };
    },
  );

  api.get(
    '/api/audit',
    {
      config: { access: { scope: 'admin' } },
      schema: {
        tags: ['accounts'],
        summary: 'Who did what, the newest first',
        description:
          'Members, roles, invites, tokens and orgs. Whoever administers the installation also sees sign-ins and passwords.',
        querystring: z
          .strictObject({
            before: wholeNumber(1, Number.MAX_SAFE_INTEGER, '`next` of the page before'),
            limit: wholeNumber(1, 500, `${DEFAULT_LIMIT} when left out`),
          })
          .partial(),
        response: { 200: auditListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => {
      const { before, limit = DEFAULT_LIMIT } = request.query;
      const org = orgOf(request);
      const entries = await listAudit(context.engine.reader, org.number, {
        limit: limit + 1,
        withInstallation: org.number === accounts.home.number && callerOf(request).installation.has('admin'),
        ...(before === undefined ? {} : { before }),
      });
      const page = entries.slice(0, limit);
      return {
        entries: page.map(({ detail, ...entry }) => ({ ...entry, detail: { ...detail } })),
        next: entries.length > limit ? (page.at(-1)?.seq ?? null) : null,
      };
    },
  );
}
