import { z } from 'zod';
import { closest } from '../../domain/closest.ts';
import { requestBackfill } from '../../sources/job-handlers.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { jobBody, sourceBody } from '../bodies.ts';
import { archivesOf } from '../context.ts';
import { backfillRequestSchema, jobSchema, sourceListSchema } from '../contract.ts';
import { CHANGES_A_MINUTE } from '../limits.ts';
import { text } from '../parameters.ts';
import { notFound } from '../problem.ts';
import { readOpenRange } from '../question.ts';

export function sourceRoutes(api: Api, { context }: Services): void {
  const { engine, history, clock } = context;

  api.get(
    '/api/sources',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['sources'],
        summary: 'Where data comes from and how fresh it is',
        querystring: z.strictObject({}),
        response: { 200: sourceListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => {
      const sources = await history.sources(orgOf(request).number);
      const now = clock.now();
      return { sources: sources.map((knowledge) => sourceBody(knowledge, now)) };
    },
  );

  api.post(
    '/api/archives/:name/backfill',
    {
      config: { access: { scope: 'edit' }, rateLimit: CHANGES_A_MINUTE },
      schema: {
        tags: ['sources'],
        summary: 'Read an archive into history',
        description:
          'Starts a job, or returns the one that is at it already: equal requests share one. Objects that were read are not read again. ' +
          'Watch the job at `Location`, or by the feed.',
        params: z.strictObject({ name: text(100, 'Name of an archive').meta({ example: 'platform' }) }),
        querystring: z.strictObject({}),
        body: backfillRequestSchema,
        response: { 202: jobSchema, ...problems(400, 401, 403, 404, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const { name } = params;
      const org = orgOf(request);
      const names = archivesOf(context, org).map((archive) => archive.name);
      if (!names.includes(name)) throw notFound(unknownArchive(name, names));
      const range = readOpenRange(body, clock.now());
      const wanted = { ...range, retryFailed: body.retryFailed ?? false };
      const { job } = await engine.write((writer) => requestBackfill(writer, org, name, wanted, clock.now()));
      return reply.code(202).header('location', `/api/jobs/${job.id}`).send(jobBody(job));
    },
  );
}

export function unknownArchive(name: string, names: readonly string[]): string {
  const near = closest(name, names);
  const there = names.length === 0 ? 'none is configured' : `there are ${names.join(', ')}`;
  return `there is no archive named ${JSON.stringify(name)}; ${near ? `did you mean ${near}? ` : ''}${there}`;
}
