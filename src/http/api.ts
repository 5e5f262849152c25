import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AccountServices } from '../accounts/services.ts';
import type { LiveFeeds } from '../live/live-feeds.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { Answers } from './answers.ts';
import type { HttpContext } from './context.ts';
import { problemSchema } from './contract.ts';
import type { LatestAnswers } from './latest-answers.ts';
import type { PublishedResponses } from './published-responses.ts';
import type { Refreshes } from './refreshes.ts';
import type { WatchCaller } from './watch-caller.ts';

/** The app as routes see it: requests typed by their zod schemas. */
export type Api = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What routes work with. */
export interface Services {
  readonly context: HttpContext;
  readonly answers: Answers;
  /** Serialised answers, by all that they depend on. */
  readonly cache: AnswerCache;
  readonly live: LiveFeeds;
  readonly accounts: AccountServices;
  readonly watch: WatchCaller;
  readonly latest: LatestAnswers;
  readonly published: PublishedResponses;
  readonly refreshes: Refreshes;
}

const PROBLEMS = {
  400: 'A parameter is wrong; `errors` names the field and the mend',
  401: 'Nobody known asks: sign in, or send a token',
  403: 'The caller may not do this, or the request comes from another site',
  404: 'There is no such thing; `detail` names it',
  408: 'The body stopped coming',
  409: 'It would contradict what there is; `detail` says how',
  410: 'It was there and is not kept any more',
  413: 'The body is too large',
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
