import { z } from 'zod';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { rangeSchema } from '../contract.ts';
import { questionParameters, seriesIdParameter } from '../parameters.ts';
import { readQuestion } from '../question.ts';
import { sendAnswer } from '../send-answer.ts';
import { seriesOf } from './series.ts';

export function rangeRoutes(api: Api, { context, answers }: Services): void {
  api.get(
    '/api/series/:id/range',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['series'],
        summary: 'A range of a series',
        description:
          'Any window at the cost of the points drawn. Buckets without samples are left out; why they are missing stands in the ' +
          'envelope. A range that is closed for good and was asked by `from` and `to` may be kept by caches; a restatement of it is ' +
          'told by the feed.',
        params: seriesIdParameter,
        querystring: z.strictObject(questionParameters).partial(),
        response: { 200: rangeSchema, ...problems(400, 401, 403, 404, 503) },
      },
    },
    async (request, reply) => {
      const asked = readQuestion(request.query, context.clock.now());
      const knowledge = await seriesOf(context, orgOf(request), request.params.id);
      return sendAnswer(request, reply, answers.range(knowledge, asked));
    },
  );
}
