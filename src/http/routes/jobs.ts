import { z } from 'zod';
import { cancelJob, findJob, type Job, listJobs } from '../../store/jobs.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { jobBody } from '../bodies.ts';
import { jobListSchema, jobSchema } from '../contract.ts';
import { CHANGES_A_MINUTE } from '../limits.ts';
import { text, wholeNumber } from '../parameters.ts';
import { notFound } from '../problem.ts';

const DEFAULT_LIMIT = 50;

const idParameter = z.strictObject({ id: text(64, 'Id of a job') });

export function jobRoutes(api: Api, { context }: Services): void {
  const { engine, clock } = context;

  api.get(
    '/api/jobs',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['jobs'],
        summary: 'The newest jobs, newest first',
        querystring: z
          .strictObject({
            kind: text(100, 'Only jobs of this kind, e.g. `archive-backfill`').meta({ example: 'archive-backfill' }),
            live: z.enum(['true', 'false']).describe('`true`: only jobs that wait or run'),
            limit: wholeNumber(1, 500, `${DEFAULT_LIMIT} when left out`),
          })
          .partial(),
        response: { 200: jobListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => {
      const { kind, live, limit = DEFAULT_LIMIT } = request.query;
      const filter = { limit, live: live === 'true', ...(kind === undefined ? {} : { kind }) };
      const jobs = await listJobs(engine.reader, orgOf(request).number, filter);
      return { jobs: jobs.map(jobBody) };
    },
  );

  api.get(
    '/api/jobs/:id',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['jobs'],
        summary: 'One job',
        params: idParameter,
        querystring: z.strictObject({}),
        response: { 200: jobSchema, ...problems(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      return jobBody(known(id, await findJob(engine.reader, orgOf(request).number, id)));
    },
  );

  api.post(
    '/api/jobs/:id/cancel',
    {
      config: { access: { scope: 'edit' }, rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['jobs'],
        summary: 'Cancel a job',
        description:
          'A waiting job is cancelled at once; a running one is asked to stop and keeps what it has done. Send `{}` as the body.',
        params: idParameter,
        querystring: z.strictObject({}),
        body: z.strictObject({}),
        response: { 200: jobSchema, ...problems(400, 401, 403, 404, 415, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const org = orgOf(request);
      const job = await engine.write((writer) => cancelJob(writer, org.number, id, clock.now()));
      return jobBody(known(id, job));
    },
  );
}

function known(id: string, job: Job | undefined): Job {
  if (!job) throw notFound(`there is no job with the id ${JSON.stringify(id)}; ended jobs are forgotten after a while`);
  return job;
}
