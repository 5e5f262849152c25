import { z } from 'zod';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services, textBody } from '../api.ts';
import { readLastEventId, sendEvents } from '../event-stream.ts';
import { MOST_STREAMS, STREAMS_A_MINUTE } from '../limits.ts';
import { wholeNumber } from '../parameters.ts';
import { Problem } from '../problem.ts';

export function feedRoutes(api: Api, { context, live, watch }: Services): void {
  api.get(
    '/api/feed',
    {
      exposeHeadRoute: false,
      config: { access: { scope: 'read' }, rateLimit: STREAMS_A_MINUTE },
      schema: {
        tags: ['live'],
        summary: 'What changes, as it changes (server-sent events)',
        description:
          'Begins with `hello` and its `cursor`: data fetched after it and the events that follow leave no gap. Then events named `landed`, ' +
          '`frozen`, `closed`, `restated`, `source` and `job`, each with its sequence number as `id` and `{seq, at, kind, payload}` as data. ' +
          '`reset` means: forget what you hold and fetch anew, because the cursor is older than the feed (`cursor-too-old`), was never ' +
          'given out (`cursor-unknown`), or you took nothing for 30 s (`slow-reader`, and the stream ends). A comment comes every 20 s. ' +
          'Reconnect with `Last-Event-ID`, as browsers do by themselves, or with `after`.',
        querystring: z
          .strictObject({
            after: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'Go on after this cursor; `Last-Event-ID` goes first'),
          })
          .partial(),
        response: { 200: textBody('text/event-stream', 'The stream'), ...problems(400, 401, 403, 429, 503) },
      },
    },
    async (request, reply) => {
      if (live.size >= MOST_STREAMS) {
        throw new Problem(503, 'too many streams are open; try again soon', { headers: { 'retry-after': '30' } });
      }
      const feed = live.of(orgOf(request));
      const position = await feed.position(readLastEventId(request.headers['last-event-id']) ?? request.query.after);
      return sendEvents(reply, context.clock, (outlet) => {
        const leave = feed.connect(outlet, position);
        const stopWatching = watch(request, leave);
        return () => {
          stopWatching();
          leave();
        };
      });
    },
  );
  api.addHook('preClose', async () => live.close());
}
