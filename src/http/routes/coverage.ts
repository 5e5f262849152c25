import { z } from 'zod';
import { listRestatements } from '../../store/restatements.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { seriesCoverageSchema } from '../contract.ts';
import { coverageBody, readCoverageQuestion } from '../coverage.ts';
import { rangeParameters, seriesIdParameter } from '../parameters.ts';
import { seriesOf } from './series.ts';

const RESTATEMENTS = 200;

export function coverageRoutes(api: Api, { context }: Services): void {
  const { engine, clock } = context;

  api.get(
    '/api/series/:id/coverage',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['series'],
        summary: 'What there is of a series, day by day',
        description:
          'How much was had, was never written (`empty`), failed, was never asked for and is not closed yet. With neither `from` nor ' +
          '`to`, all that was ever asked for.',
        params: seriesIdParameter,
        querystring: z.strictObject(rangeParameters).partial(),
        response: { 200: seriesCoverageSchema, ...problems(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { params, query } = request;
      const knowledge = await seriesOf(context, orgOf(request), params.id);
      const now = clock.now();
      const { range, zone } = readCoverageQuestion(query, knowledge, now);
      const restatements = await listRestatements(engine.reader, knowledge.series.number, range, RESTATEMENTS);
      return coverageBody(knowledge, range, zone, restatements, now);
    },
  );
}
