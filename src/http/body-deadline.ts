import type { FastifyInstance } from 'fastify';
import { refuseConnection } from './problem-handlers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is read as it arrives and may take as long as the server lets any request take. */
    readonly streamed?: boolean;
  }
}

/** Closes connections on which a small body does not arrive in time: bodies that are streamed may take minutes, the others have no reason to. */
export function limitBodies(app: FastifyInstance, limit: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw, routeOptions } = request;
    if (raw.method !== 'GET' && raw.method !== 'HEAD' && !routeOptions.config.streamed && !raw.complete) {
      const late = Object.assign(new Error('the body is late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      const timer = setTimeout(
        () => refuseConnection(late as Parameters<typeof refuseConnection>[0], raw.socket),
        limit,
      );
      const arrived = (): void => clearTimeout(timer);
      raw.once('end', arrived).once('close', arrived);
      // What is refused is answered before its body is read.
      reply.raw.once('finish', arrived);
    }
    done();
  });
}
