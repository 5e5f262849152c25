import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Authenticator } from '../accounts/authenticator.ts';
import type { Caller } from '../accounts/caller.ts';
import { isLocalProof, PROOF_SCHEME } from '../accounts/local-proof.ts';
import type { SecretBox } from '../accounts/secret-box.ts';
import type { Clock } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Access, FindCaller } from './access.ts';
import { readCookie, sessionCookie } from './session-cookie.ts';

/** Everybody, when accounts are off; `X-Varve-Org` names another org than that of the installation. */
export const findLocalCaller =
  (authenticator: Authenticator): FindCaller =>
  (request) =>
    authenticator.local(wantedOrg(request));

/** The caller by what a request shows: a token goes before a cookie, and one that does not hold is never made up for by the other. */
export const findCallerByCredential =
  (authenticator: Authenticator, box: SecretBox, clock: Clock): FindCaller =>
  async (request, access): Promise<Caller | undefined> => {
    const wanted = wantedOrg(request);
    try {
      const proof = shownProof(request);
      if (proof !== undefined) return isLocalProof(box, proof, clock.now()) ? authenticator.keyHolder() : undefined;
      const token = shownToken(request, access);
      if (token !== undefined) return await authenticator.token(token, wanted);
      const cookie = sessionCookie(request);
      return cookie === undefined ? undefined : await authenticator.session(cookie, wanted);
    } catch (error) {
      // Who asks for something public need not be known, and a store that is down must not take it away.
      if (access === 'public') return undefined;
      throw error;
    }
  };

/**
 * The org that a request asks, where its caller is known already and may read there, for answers that do not pass the framework; undefined for
 * every other request.
 */
export const recalledReader =
  (authenticator: Authenticator) =>
  ({ headers }: IncomingMessage): number | undefined => {
    if (headers['x-varve-org'] !== undefined) return undefined;
    const [, token] = /^(?:bearer|token) +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    // By HTTPS another cookie counts; the framework knows which.
    const cookie = headers['x-forwarded-proto'] === undefined ? readCookie(headers.cookie, 'varve') : undefined;
    const text = token ?? (headers.authorization === undefined ? cookie : undefined);
    const caller = text === undefined ? undefined : authenticator.recall(text);
    return caller?.permissions.has('read') ? caller.org?.number : undefined;
  };

export const localReader =
  (home: Org) =>
  ({ headers }: IncomingMessage): number | undefined =>
    headers['x-varve-org'] === undefined ? home.number : undefined;

const shownProof = ({ headers }: FastifyRequest): string | undefined => {
  const [scheme = '', value] = (headers.authorization ?? '').split(' ');
  return scheme.toLowerCase() === PROOF_SCHEME ? value : undefined;
};

function wantedOrg({ headers }: FastifyRequest): string | undefined {
  const name = headers['x-varve-org'];
  return name === undefined || name === '' ? undefined : String(name);
}

/**
 * `Authorization: Bearer …`, or `Token …` as clients of InfluxDB 2 send it. Where samples are pushed also `Basic`, whose password is the token, and the
 * `u` and `p` parameters of InfluxDB 1: elsewhere a token has no place in an address.
 */
function shownToken({ headers, query }: FastifyRequest, access: Access): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(headers.authorization ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return value;
    case 'basic':
      return isForIngest(access) ? (passwordOf(value) ?? '') : '';
  }
  if (headers.authorization !== undefined) return '';
  const password = isForIngest(access) ? (query as { p?: unknown } | undefined)?.p : undefined;
  return typeof password === 'string' ? password : undefined;
}

const isForIngest = (access: Access): boolean => typeof access === 'object' && access.scope === 'ingest';

function passwordOf(basic: string): string | undefined {
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? undefined : text.slice(at + 1);
}
