import { z } from 'zod';
import { orgOf } from '../access.ts';
import { expandParameter, logParameters, readLogName } from '../activity-question.ts';
import { type Api, problems, type Services, textBody } from '../api.ts';
import { readLastEventId, sendEvents } from '../event-stream.ts';
import { MOST_STREAMS, STREAMS_A_MINUTE } from '../limits.ts';
import { wholeNumber } from '../parameters.ts';
import { Problem } from '../problem.ts';

export function logStreamRoutes(api: Api, { context, watch }: Services): void {
  /** Open streams by who reads. */
  const open = new Map<string, number>();

  api.get(
    '/api/logs/stream',
    {
      exposeHeadRoute: false,
      config: { access: { scope: 'read' }, rateLimit: STREAMS_A_MINUTE },
      schema: {
        tags: ['activity'],
        summary: 'A log as it is written (server-sent events)',
        description:
          'Begins with `hello` and its `cursor`. Then each event is an `action`: its sequence number as `id`, itself as data, every one once and in ' +
          'order. Begin with the `cursor` of `/api/logs` as `Last-Event-ID`, or as `after`, and nothing is missed or repeated between the two. ' +
          '`reset` means: fetch the log anew, because the cursor is too far back (`cursor-too-old`), was never given out (`cursor-unknown`), or ' +
          'you took nothing for 30 s (`slow-reader`, and the stream ends). A comment comes every 20 s.',
        querystring: z
          .strictObject({
            ...logParameters,
            after: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'Go on after this cursor; `Last-Event-ID` goes first'),
            expand: expandParameter,
          })
          .partial(),
        response: { 200: textBody('text/event-stream', 'The stream'), ...problems(400, 401, 403, 429, 503) },
      },
    },
    async (request, reply) => {
      const { activity } = context;
      const { query } = request;
      const place = { org: orgOf(request).number, stream: readLogName(query) };
      const reader = request.caller?.user ? `user ${request.caller.user.number}` : `address ${request.ip}`;
      const mine = open.get(reader) ?? 0;
      if (mine >= activity.settings.streamsPerReader) {
        throw new Problem(429, `you have ${mine} streams open; close one first`, { headers: { 'retry-after': '30' } });
      }
      if (activity.live.size >= MOST_STREAMS) {
        throw new Problem(503, 'too many streams are open; try again soon', { headers: { 'retry-after': '30' } });
      }
      const after = readLastEventId(request.headers['last-event-id']) ?? query.after;
      open.set(reader, mine + 1);
      const forget = (): void => {
        const left = (open.get(reader) ?? 1) - 1;
        if (left > 0) open.set(reader, left);
        else open.delete(reader);
      };
      try {
        const log = activity.live.of(place, query.expand !== undefined);
        const position = await log.position(after);
        return sendEvents(reply, context.clock, (outlet) => {
          const leave = log.connect(outlet, position);
          const stopWatching = watch(request, leave);
          let left = false;
          return () => {
            if (left) return;
            left = true;
            forget();
            stopWatching();
            leave();
          };
        });
      } catch (error) {
        forget();
        throw error;
      }
    },
  );
  api.addHook('preClose', async () => context.activity.live.close());
}
