import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Activity } from '../../src/activity/activity.ts';
import { activitySchema } from '../../src/activity/activity-config.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import type { Org } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { GUILD } from '../http/activity-log.ts';
import { openTestApp } from '../http/test-app.ts';

/** A server of one org that may be ended and begun again on the same port. */
export class LogServer {
  readonly #engine: Engine;
  readonly #org: Org;
  #app: FastifyInstance | undefined;
  port = 0;

  constructor(engine: Engine, org: Org) {
    this.#engine = engine;
    this.#org = org;
  }

  async start(): Promise<void> {
    const settings = activitySchema.parse({ streamsPerReader: 10_000 });
    const activity = new Activity(this.#engine, settings, systemClock, () => {});
    const context = { org: this.#org, clock: systemClock, activity };
    const { app } = await openTestApp(this.#engine, { context });
    await app.listen({ port: this.port, host: '127.0.0.1' });
    const address = app.server.address();
    if (address === null || typeof address === 'string') throw new Error('the app listens on a port');
    this.port = address.port;
    this.#app = app;
  }

  async restart(): Promise<void> {
    await this.#app?.close();
    await this.start();
  }

  /** Sends a batch until a server takes it; a restart may cut it off anywhere. */
  async send(events: readonly object[]): Promise<void> {
    const body = JSON.stringify({ stream: GUILD, events });
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${this.port}/api/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }).catch(() => undefined);
      if (response?.status === 200) return;
      await later(20);
    }
  }
}

/** How a reader behaves: it goes away after so many messages, and a few times reads nothing for so many milliseconds. */
export interface Habits {
  readonly leavesAfter: number;
  readonly pausesAfter?: number;
  readonly pausesFor?: number;
  readonly pauses?: number;
}

/** Follows a log as browsers do: comes back by itself with the id of the last message. */
export class LogReader {
  readonly #server: LogServer;
  readonly #habits: Habits;
  /** Sequence numbers heard; each must be the one after the last. */
  heard = 0;
  /** What went wrong, if anything. */
  wrong: string | undefined;
  connections = 0;
  resets: string[] = [];
  #request: ClientRequest | undefined;
  #rest = '';
  #sinceOpen = 0;
  #paused = 0;
  #stopped = false;
  /** Whoever has left hears nothing more, though the rest of what was read may still be handed over. */
  #left = false;

  constructor(server: LogServer, habits: Habits) {
    this.#server = server;
    this.#habits = habits;
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#request?.destroy();
  }

  #open(): void {
    if (this.#stopped) return;
    this.#rest = '';
    this.#sinceOpen = 0;
    this.#left = false;
    let again = false;
    const comeBack = (): void => {
      if (again) return;
      again = true;
      setTimeout(() => this.#open(), 20 + Math.random() * 50);
    };
    this.#request = request(
      {
        port: this.#server.port,
        host: '127.0.0.1',
        path: `/api/logs/stream?guild_id=${GUILD}&after=0`,
        headers: this.heard > 0 ? { 'last-event-id': String(this.heard) } : {},
        agent: false,
      },
      (response) => {
        if (response.statusCode === 200) this.connections++;
        response.setEncoding('utf8');
        response.on('data', (text: string) => this.#take(text, response));
        response.on('error', () => {});
        response.on('close', comeBack);
      },
    );
    this.#request.on('error', comeBack);
    this.#request.end();
  }

  #take(text: string, response: IncomingMessage): void {
    if (this.#left) return;
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const reset = /^event: reset\ndata: \{"reason":"([^"]+)"/.exec(block)?.[1];
      if (reset !== undefined) this.resets.push(reset);
      if (!block.includes('\nevent: action\n')) continue;
      const seq = Number(/^id: (\d+)/.exec(block)?.[1]);
      const id = /"id":"e(\d+)"/.exec(block)?.[1];
      if (seq !== this.heard + 1 || Number(id) !== seq)
        this.wrong ??= `after ${this.heard} came ${seq}, which is e${id}`;
      this.heard = seq;
      this.#sinceOpen++;
      if (this.#sinceOpen >= this.#habits.leavesAfter) {
        this.#left = true;
        this.#request?.destroy();
        return;
      }
      const { pausesAfter = 0, pausesFor = 0, pauses = 3 } = this.#habits;
      if (pausesAfter > 0 && this.heard % pausesAfter === 0 && this.#paused < pauses) {
        this.#paused++;
        response.pause();
        setTimeout(() => response.resume(), pausesFor);
      }
    }
  }
}

export const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Events `e1`, `e2`, …, from a place on. */
export const numbered = (from: number, count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `e${from + index}`,
    type: 'claim',
    actor: `m${(from + index) % 7}`,
    subject: `s${from + index}`,
    time: Date.now(),
    attributes: { note: 'something that was said about it' },
  }));
