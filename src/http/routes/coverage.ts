import { z } from 'zod';
import { MAXIMUM_SAMPLES } from '../../domain/buckets.ts';
import { DAY, type Instant, type Interval } from '../../domain/time.ts';
import type { SeriesKnowledge } from '../../history/memory.ts';
import { listRestatements } from '../../store/restatements.ts';
import { type Api, problems, type Services } from '../api.ts';
import { seriesCoverageSchema } from '../contract.ts';
import { coverageBody } from '../coverage.ts';
import { rangeParameters, seriesIdParameter } from '../parameters.ts';
import { type FieldProblem, invalid } from '../problem.ts';
import { type RawQuestion, readRange, readZone } from '../question.ts';
import { seriesOf } from './series.ts';

const RESTATEMENTS = 200;

export function coverageRoutes(api: Api, { context }: Services): void {
  const { engine, clock } = context;

  api.get(
    '/api/series/:id/coverage',
    {
      schema: {
        tags: ['series'],
        summary: 'What there is of a series, day by day',
        description:
          'How much was had, was never written (`empty`), failed, was never asked for and is not closed yet. Without `from`, from the ' +
          'beginning of the data; without `to`, to its end.',
        params: seriesIdParameter,
        querystring: z.strictObject(rangeParameters).partial(),
        response: { 200: seriesCoverageSchema, ...problems(400, 404, 503) },
      },
    },
    async ({ params: { id }, query }) => {
      const knowledge = await seriesOf(context, id);
      const now = clock.now();
      const errors: FieldProblem[] = [];
      const zone = readZone(query.tz, errors);
      const range = rangeOf(query, knowledge, now, errors);
      if ((range.to - range.from) / DAY > MAXIMUM_SAMPLES) {
        errors.push({ field: 'from', problem: `and to may be at most ${MAXIMUM_SAMPLES} days apart` });
      }
      if (errors.length > 0) throw invalid(errors);
      const restatements = await listRestatements(engine.reader, knowledge.series.number, range, RESTATEMENTS);
      return coverageBody(knowledge, range, zone, restatements, now);
    },
  );
}

/** What is not said is taken from the data. */
function rangeOf(
  { from, to }: Pick<RawQuestion, 'from' | 'to'>,
  { ledger }: SeriesKnowledge,
  now: Instant,
  errors: FieldProblem[],
): Interval {
  const first = ledger.entries[0]?.from ?? now;
  const last = ledger.askedTo ?? now;
  if (from === undefined && to === undefined) return { from: first, to: last };
  return readRange({ from: from ?? first, to: to ?? Math.max(last, 1) }, now, errors);
}
