import { z } from 'zod';
import { orgOf } from '../access.ts';
import { resolvedUsersSchema } from '../activity-contract.ts';
import { logParameters, readLogName } from '../activity-question.ts';
import { type Api, problems, type Services } from '../api.ts';
import { LOOKUPS_A_MINUTE } from '../limits.ts';
import { text } from '../parameters.ts';
import { invalid } from '../problem.ts';

const MOST_IDS = 100;

export function userResolutionRoutes(api: Api, { context }: Services): void {
  api.get(
    '/api/users/resolve',
    {
      config: { access: { scope: 'read' }, rateLimit: LOOKUPS_A_MINUTE },
      schema: {
        tags: ['activity'],
        summary: 'Names and avatars for ids',
        description:
          'Kept for 30 minutes, ids that nobody has for 5. Who has left keeps the name that was known and is marked. When the provider fails, ' +
          'what is known is answered with `warnings`. At most 50 requests a minute; `X-RateLimit-Remaining` says how many are left.',
        querystring: z
          .strictObject({
            ...logParameters,
            ids: text(13_000, `Up to ${MOST_IDS} ids, separated by commas`).meta({ example: '80351110224678912' }),
          })
          .partial(),
        response: { 200: resolvedUsersSchema, ...problems(400, 401, 403, 429, 503) },
      },
    },
    async (request, reply) => {
      const place = { org: orgOf(request).number, stream: readLogName(request.query) };
      const ids = readIds(request.query.ids);
      const { identities, warnings, freshFor } = await context.activity.identities.resolve(place, ids);
      const seconds = warnings.length > 0 ? 0 : Math.floor(freshFor / 1000);
      reply.header('cache-control', seconds > 0 ? `private, max-age=${seconds}` : 'private, no-cache');
      return { users: ids.flatMap((id) => identities.get(id) ?? []), warnings: [...warnings] };
    },
  );
}

function readIds(list: string | undefined): readonly string[] {
  const ids = [...new Set((list ?? '').split(',').filter((id) => id !== ''))];
  const wrong = ids.find((id) => !/^[\x21-\x7e]{1,128}$/.test(id));
  if (ids.length === 0) throw invalid([{ field: 'ids', problem: 'is missing: give ids, separated by commas' }]);
  if (wrong !== undefined)
    throw invalid([{ field: 'ids', problem: `holds ${JSON.stringify(wrong.slice(0, 40))}, which is no id` }]);
  if (ids.length > MOST_IDS)
    throw invalid([{ field: 'ids', problem: `holds ${ids.length} ids; at most ${MOST_IDS} at once` }]);
  return ids;
}
