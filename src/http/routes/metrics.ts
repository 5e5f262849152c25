import { z } from 'zod';
import { type Api, problems, textBody } from '../api.ts';
import type { Metrics } from '../metrics.ts';

export function metricsRoutes(api: Api, metrics: Metrics): void {
  api.get(
    '/metrics',
    {
      config: { access: { scope: 'read', of: 'installation' } },
      schema: {
        tags: ['operation'],
        summary: 'Measurements for Prometheus',
        querystring: z.strictObject({}),
        response: { 200: textBody('text/plain', 'Prometheus text format'), ...problems(400, 401, 403, 503) },
      },
    },
    async (_request, reply) => {
      const text = await metrics.text();
      return reply.type(metrics.contentType).header('cache-control', 'no-store').serializer(String).send(text);
    },
  );
}
