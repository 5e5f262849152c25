import type { FastifyRequest } from 'fastify';
import type { HttpContext } from './context.ts';
import { isSecure } from './session-cookie.ts';

/** How browsers reach this server, without a slash at the end: as configured, else as this one did. */
export function addressOf(request: FastifyRequest, { accounts }: Pick<HttpContext, 'accounts'>): string {
  return accounts?.publicUrl ?? `${isSecure(request) ? 'https' : 'http'}://${request.host}`;
}
