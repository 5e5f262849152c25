import { z } from 'zod';
import type { Clock } from '../../domain/time.ts';
import type { IdentitySettings } from '../activity-config.ts';
import { IdentityFailure, type IdentityProvider, type Person, UNKNOWN } from './provider.ts';
import { Upstream } from './upstream.ts';

const account = z.object({
  login: z.string(),
  name: z.string().nullish(),
  avatar_url: z.url().nullish(),
});

/** Accounts of GitHub by login or by number (docs.github.com/rest/users/users). */
export class GitHub implements IdentityProvider {
  readonly name = 'github';
  readonly #upstream: Upstream;
  readonly #clock: Clock;
  #blockedUntil = 0;

  constructor(settings: Extract<IdentitySettings, { kind: 'github' }>, clock: Clock) {
    const { token, baseUrl, callsPerMinute } = settings;
    const headers = {
      'user-agent': 'varve',
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    this.#upstream = new Upstream({ name: 'GitHub', baseUrl, callsPerMinute }, headers, clock);
    this.#clock = clock;
  }

  accepts(id: string): boolean {
    return /^[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:\[bot\])?$/.test(id);
  }

  async find(_stream: string, id: string, signal: AbortSignal): Promise<Person> {
    const wait = this.#blockedUntil - this.#clock.now();
    if (wait > 0) throw new IdentityFailure(`GitHub asks to wait ${Math.ceil(wait / 1000)} s`);
    const path = /^\d+$/.test(id) ? `/user/${id}` : `/users/${encodeURIComponent(id)}`;
    const { status, headers, body } = await this.#upstream.get(path, signal);
    if (status === 404) return UNKNOWN;
    if (status === 403 || status === 429) {
      const isSpent = headers['x-ratelimit-remaining'] === '0';
      const until = isSpent ? Number(headers['x-ratelimit-reset']) * 1000 : Number.NaN;
      const after = Number(headers['retry-after'] ?? 60) * 1000;
      this.#blockedUntil = Number.isFinite(until)
        ? until
        : this.#clock.now() + (Number.isFinite(after) ? after : 60_000);
      throw new IdentityFailure('GitHub asks to wait');
    }
    const found = account.safeParse(body);
    if (status !== 200 || !found.success) throw new IdentityFailure(`GitHub answered with status ${status}`);
    const { login, name, avatar_url } = found.data;
    return {
      state: 'user',
      username: login,
      globalName: name ?? null,
      displayName: name ?? login,
      avatarUrl: avatar_url ?? null,
    };
  }
}
