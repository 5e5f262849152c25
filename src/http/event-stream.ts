import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../domain/time.ts';
import type { Outlet } from '../live/connection.ts';
import { invalid } from './problem.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** How long a closed stream may take to hand over its last bytes. */
const LAST_WORDS = 5_000;

/** Answers with server-sent events; `connect` gives the function that takes the reader out again. */
export function sendEvents(reply: FastifyReply, clock: Clock, connect: (outlet: Outlet) => () => void): FastifyReply {
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
  const leave = connect(new ResponseOutlet(raw, clock));
  raw.on('close', leave);
  // The client may have gone while its place was looked up; then `close` is past.
  if (raw.destroyed) leave();
  return reply;
}

export function readLastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  const cursor = /^\d{1,15}$/.test(String(header)) ? Number(header) : undefined;
  if (cursor === undefined)
    throw invalid([{ field: 'Last-Event-ID', problem: 'must be the id of an event of this feed' }]);
  return cursor;
}

/** A response as a live stream sees it. */
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
