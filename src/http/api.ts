import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LiveFeed } from '../live/live-feed.ts';
import type { Answers } from './answers.ts';
import type { HttpContext } from './context.ts';
import { problemSchema } from './contract.ts';
import type { LatestAnswers } from './latest-answers.ts';
import type { PublishedResponses } from './published-responses.ts';
import type { Refreshes } from './refreshes.ts';

/** The app as routes see it: requests typed by their zod schemas. */
export type Api = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What routes work with. */
export interface Services {
  readonly context: HttpContext;
  readonly answers: Answers;
  readonly live: LiveFeed;
  readonly latest: LatestAnswers;
  readonly published: PublishedResponses;
  readonly refreshes: Refreshes;
}

const PROBLEMS = {
  400: 'A parameter is wrong; `errors` names the field and the mend',
  403: 'The request comes from another site',
  408: 'The body stopped coming',
  413: 'The body is too large',
  404: 'There is no such thing; `detail` names it',
  410: 'It was there and is not kept any more',
  415: 'The body is of another type',
  429: 'Too many requests; try again after `Retry-After` seconds',
  503: 'Not available now; try again after `Retry-After` seconds',
} as const;

/** The problem documents of a route, for its `response` schemas. */
export function problems(...statuses: readonly (keyof typeof PROBLEMS)[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: PROBLEMS[status], content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  );
}

/** A body that is not JSON. */
export const textBody = (type: string, description: string) => ({
  description,
  content: { [type]: { schema: z.string() } },
});
