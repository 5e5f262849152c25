import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_LIMIT } from '../accounts/session-rules.ts';
import { SECOND } from '../domain/time.ts';

/** A browser takes `__Host-` cookies by HTTPS only, for this very host and all paths: no neighbouring host can set one. */
const nameFor = (secure: boolean): string => (secure ? '__Host-varve' : 'varve');

/**
 * Whether a browser reached us by HTTPS. A proxy is believed without being known: who lies about this spoils only his own cookie.
 */
export function isSecure({ protocol, raw }: FastifyRequest): boolean {
  const forwarded = raw.headers['x-forwarded-proto'];
  return (
    protocol === 'https' ||
    String(forwarded ?? '')
      .split(',', 1)[0]
      ?.trim()
      .toLowerCase() === 'https'
  );
}

export const sessionCookie = (request: FastifyRequest): string | undefined =>
  readCookie(request.raw.headers.cookie, nameFor(isSecure(request)));

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, text: string): void {
  const secure = isSecure(request);
  setCookie(reply, { name: nameFor(secure), value: text, secure, path: '/', life: SESSION_LIMIT });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  const secure = isSecure(request);
  setCookie(reply, { name: nameFor(secure), value: '', secure, path: '/', life: 0 });
  // Frozen answers may lie in the browser for a day; whoever signs out leaves none.
  reply.header('clear-site-data', '"cache"');
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
  readonly path: string;
  /** Milliseconds. */
  readonly life: number;
}

/** No script reads it, and requests that other sites cause do not carry it, but for links that are followed. */
export function setCookie(reply: FastifyReply, { name, value, secure, path, life }: Cookie): void {
  const parts = [
    `${name}=${value}`,
    `Path=${path}`,
    `Max-Age=${Math.floor(life / SECOND)}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  reply.header('cache-control', 'no-store');
  reply.header('set-cookie', [...parts, ...(secure ? ['Secure'] : [])].join('; '));
}

/** The value of a cookie; of several with one name the first, which is the one with the longest path. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
