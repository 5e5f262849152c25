import type { FastifyRequest } from 'fastify';
import { type Actor, actorFrom } from '../../../accounts/services.ts';
import type { Origin } from '../../../accounts/session-rules.ts';
import { callerOf } from '../../access.ts';

/** Where a request comes from, for sessions and throttling. */
export const originOf = ({ ip, headers }: FastifyRequest): Origin => ({
  address: ip,
  agent: String(headers['user-agent'] ?? ''),
});

/** Who asks, for the audit. */
export const actorOfRequest = (request: FastifyRequest): Actor => actorFrom(callerOf(request), request.ip);
