import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../../domain/time.ts';
import type { Outlet } from '../../live/connection.ts';
import { type Api, problems, type Services, textBody } from '../api.ts';
import { MOST_STREAMS, STREAMS_A_MINUTE } from '../limits.ts';
import { wholeNumber } from '../parameters.ts';
import { invalid, Problem } from '../problem.ts';
import { SECURITY_HEADERS } from '../security-headers.ts';

/** How long a closed stream may take to hand over its last bytes. */
const LAST_WORDS = 5_000;

export function feedRoutes(api: Api, { context, live }: Services): void {
  api.get(
    '/api/feed',
    {
      exposeHeadRoute: false,
      config: { rateLimit: STREAMS_A_MINUTE },
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
        response: { 200: textBody('text/event-stream', 'The stream'), ...problems(400, 429, 503) },
      },
    },
    async (request, reply) => {
      if (live.size >= MOST_STREAMS) {
        throw new Problem(503, 'too many streams are open; try again soon', { headers: { 'retry-after': '30' } });
      }
      const position = await live.position(readLastEventId(request.headers['last-event-id']) ?? request.query.after);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        ...SECURITY_HEADERS,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        // Asks nginx not to hold events back.
        'x-accel-buffering': 'no',
      });
      raw.flushHeaders();
      const leave = live.connect(new ResponseOutlet(raw, context.clock), position);
      raw.on('close', leave);
      // The client may have gone while its place was looked up; then `close` is past.
      if (raw.destroyed) leave();
      return reply;
    },
  );
  api.addHook('preClose', async () => live.close());
}

function readLastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  const cursor = /^\d{1,15}$/.test(String(header)) ? Number(header) : undefined;
  if (cursor === undefined)
    throw invalid([{ field: 'Last-Event-ID', problem: 'must be the id of an event of this feed' }]);
  return cursor;
}

/** A response as the live feed sees it. */
class ResponseOutlet implements Outlet {
  readonly #response: ServerResponse;
  readonly #clock: Clock;

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
  }

  get backlog(): number {
    return this.#response.writableLength;
  }

  write(text: string): void {
    if (!this.#response.writableEnded) this.#response.write(text);
  }

  async drained(): Promise<void> {
    const response = this.#response;
    if (!response.writableNeedDrain || response.closed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }

  end(): void {
    if (this.#response.closed) return;
    this.#response.end();
    const cancel = this.#clock.after(LAST_WORDS, () => this.#response.destroy());
    this.#response.on('close', cancel);
  }
}
