import type { FastifyRequest } from 'fastify';
import { Refusal } from '../accounts/refusal.ts';
import { type Clock, SECOND } from '../domain/time.ts';
import type { FindCaller } from './access.ts';

const EVERY = 30 * SECOND;

/** Looks after a stream that outlives its request: calls `end` once its caller may no longer read this org. Returns what stops it. */
export type WatchCaller = (request: FastifyRequest, end: () => void) => () => void;

export const watchCaller =
  (findCaller: FindCaller, clock: Clock): WatchCaller =>
  (request, end) => {
    const org = request.caller?.org?.number;
    let stopped = false;
    let cancel = (): void => {};
    const look = async (): Promise<void> => {
      const access = request.routeOptions.config.access ?? 'signed-in';
      const caller = await findCaller(request, access).catch((error: unknown) =>
        // An org that the caller names and is no longer his. A store that does not answer is no reason to send readers away.
        error instanceof Refusal ? undefined : request.caller,
      );
      const may = typeof access !== 'object' || caller?.permissions.has(access.scope);
      if (caller && may && caller.org?.number === org) lookLater();
      else if (!stopped) end();
    };
    const lookLater = (): void => {
      if (!stopped) cancel = clock.after(EVERY, () => void look());
    };
    lookLater();
    return () => {
      stopped = true;
      cancel();
    };
  };
