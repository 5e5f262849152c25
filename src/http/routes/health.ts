import { z } from 'zod';
import { type Api, problems, type Services } from '../api.ts';
import { configurationSchema, shownHealthSchema } from '../contract.ts';
import { Problem } from '../problem.ts';

export function healthRoutes(api: Api, { context }: Services): void {
  api.get(
    '/api/health',
    {
      config: { access: 'public' },
      schema: {
        tags: ['operation'],
        summary: 'How the process is',
        description:
          'Answers as long as the process lives; `degraded`: something does not work. What, and all else, is told to who may read in the org of the ' +
          'installation.',
        querystring: z.strictObject({}),
        response: { 200: shownHealthSchema, ...problems(400) },
      },
    },
    async ({ caller }) => {
      const health = await context.health();
      return caller?.installation.has('read') ? health : { status: health.status };
    },
  );

  api.get(
    '/api/ready',
    {
      config: { access: 'public' },
      schema: {
        tags: ['operation'],
        summary: 'Whether requests should be sent here',
        querystring: z.strictObject({}),
        response: { 200: z.object({ ready: z.literal(true) }), ...problems(400, 503) },
      },
    },
    async () => {
      const { store, work } = await context.health();
      const missing = [
        store.ok ? [] : ['the store does not answer'],
        work.running ? [] : ['the worker is not up'],
      ].flat();
      if (missing.length > 0) throw new Problem(503, missing.join('; '), { headers: { 'retry-after': '2' } });
      return { ready: true } as const;
    },
  );

  api.get(
    '/api/configuration',
    {
      config: { access: { scope: 'read', of: 'installation' } },
      schema: {
        tags: ['operation'],
        summary: 'Which configuration runs',
        description: 'Each setting with where it came from. Holds no secret.',
        querystring: z.strictObject({}),
        response: { 200: configurationSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async () => context.configuration(),
  );
}
