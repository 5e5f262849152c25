import type { FastifyInstance } from 'fastify';
import type { LogReportBody } from '../../src/http/activity-contract.ts';
import { NOW } from './test-app.ts';

export const GUILD = '896070888594759740';

/** An event as senders write it. */
export interface Sent {
  readonly id: string;
  readonly type: string;
  readonly time: number | string;
  readonly stream?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly attributes?: object;
}

export const sendLog = async (app: FastifyInstance, events: readonly unknown[]): Promise<LogReportBody> => {
  const response = await app.inject({ method: 'POST', url: '/api/logs', payload: { stream: GUILD, events } });
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${response.body}`);
  return response.json();
};

/** Events `every` milliseconds apart, the last one at `end`. */
export const claims = (count: number, every = 60_000, end = NOW): Sent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `c${index}`,
    type: 'claim',
    actor: `m${index % 3}`,
    subject: `s${index}`,
    time: end - (count - 1 - index) * every,
  }));
