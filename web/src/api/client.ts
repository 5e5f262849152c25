import { ApiProblem, problemOf } from './problem.ts';
import { learnServerTime } from './server-clock.ts';

const PATIENCE = 30_000;

/** Asks the API; throws an `ApiProblem` for anything but a good answer. */
async function ask<Body>(path: string, init: RequestInit, signal?: AbortSignal): Promise<Body> {
  const timeout = AbortSignal.timeout(PATIENCE);
  const response = await fetch(`/api/${path}`, {
    ...init,
    // Frozen ranges are immutable for a day, but a restatement changes them: the page asks, and mostly hears 304.
    cache: 'no-cache',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiProblem(0, timeout.aborted ? `no answer within ${PATIENCE / 1000} s` : 'it cannot be reached');
  });
  learnServerTime(response.headers.get('date'));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Body;
}

export const get = <Body>(path: string, signal?: AbortSignal): Promise<Body> =>
  ask<Body>(path, { headers: { accept: 'application/json' } }, signal);

const send = <Body>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Body> =>
  ask<Body>(
    path,
    {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
    signal,
  );

export const post = <Body>(path: string, body: unknown, signal?: AbortSignal): Promise<Body> =>
  send<Body>('POST', path, body, signal);

export const put = <Body>(path: string, body: unknown): Promise<Body> => send<Body>('PUT', path, body);

export const patch = <Body>(path: string, body: unknown): Promise<Body> => send<Body>('PATCH', path, body);

export const remove = <Body>(path: string): Promise<Body> => send<Body>('DELETE', path, {});
