import { z } from 'zod';
import type { Org } from '../../store/catalog.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { queryRequestSchema, queryResponseSchema } from '../contract.ts';
import { invalid, problemOf } from '../problem.ts';
import { type Asked, readQuestion } from '../question.ts';
import { sendBytes } from '../send-answer.ts';
import { seriesOf } from './series.ts';

/** A larger answer would hold many megabytes at once. */
const MOST_POINTS = 200_000;

const OPENING = Buffer.from('{"results":[');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from(']}');

export function queryRoutes(api: Api, { context, answers }: Services): void {
  /** The answer for one series as JSON, or why there is none: the others go on. */
  async function one(org: Org, id: string, asked: Asked): Promise<Buffer> {
    try {
      const knowledge = await seriesOf(context, org, id);
      return (await answers.range(knowledge, asked).load()).body;
    } catch (error) {
      const problem = problemOf(error);
      if (problem.statusCode >= 500) context.logger.error({ err: error, series: id }, 'a series could not be answered');
      return Buffer.from(JSON.stringify({ seriesId: id, problem: problem.message }));
    }
  }

  api.post(
    '/api/series/query',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['series'],
        summary: 'Ranges of many series',
        description:
          'One question asked of many series, answered in the order given. A series that cannot be answered has a problem instead.',
        querystring: z.strictObject({}),
        body: z
          .strictObject(queryRequestSchema.shape)
          .meta({ example: { series: ['ID'], window: '24h', samples: 100 } }),
        response: { 200: queryResponseSchema, ...problems(400, 401, 403, 415, 503) },
      },
    },
    async (request, reply) => {
      const org = orgOf(request);
      const { series, ...question } = request.body;
      const repeated = series.find((id, index) => series.indexOf(id) !== index);
      if (repeated !== undefined)
        throw invalid([{ field: 'series', problem: `names ${JSON.stringify(repeated)} more than once` }]);
      const asked = readQuestion(question, context.clock.now());
      if (series.length * (asked.samples ?? 0) > MOST_POINTS) {
        throw invalid([{ field: 'samples', problem: `times the number of series may be at most ${MOST_POINTS}` }]);
      }
      const bodies = await Promise.all(series.map((id) => one(org, id, asked)));
      const parts = bodies.flatMap((body, index) => (index === 0 ? [body] : [COMMA, body]));
      return sendBytes(request, reply, Buffer.concat([OPENING, ...parts, CLOSING]));
    },
  );
}
