import { type Clock, type Instant, SECOND } from '../../domain/time.ts';
import { IdentityFailure } from './provider.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** Requests a second over all routes (discord.com/developers/docs/topics/rate-limits); a few are left to others of the same bot. */
const GLOBAL_A_SECOND = 40;
/** After 10,000 answers of 401, 403 and 429 in ten minutes Discord bars the address; long before that nobody is asked any more. */
const MOST_INVALID = 1_000;
const INVALID_WINDOW = 600 * SECOND;
/** Longer waits are not worth holding a reader up for. */
const LONGEST_WAIT = 1_500;

interface Bucket {
  remaining: number;
  resetAt: Instant;
}

/** What Discord allows now: by bucket, over all, and for how many refused answers it has patience. */
export class DiscordLimits {
  readonly #clock: Clock;
  /** Routes share buckets, which answers name. */
  readonly #bucketOfRoute = new Map<string, string>();
  readonly #buckets = new Map<string, Bucket>();
  #blockedUntil: Instant = 0;
  #second = 0;
  #inSecond = 0;
  #invalidSince: Instant = 0;
  #invalid = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes one request of a route; returns how many milliseconds it must wait first, and must then ask again. Throws `IdentityFailure` when
   * that is too long.
   */
  take(route: string): number {
    const now = this.#clock.now();
    if (now - this.#invalidSince < INVALID_WINDOW && this.#invalid >= MOST_INVALID)
      throw new IdentityFailure('Discord refused too many requests; it is left alone for ten minutes');
    const bucket = this.#bucketFor(route);
    const blocked = Math.max(this.#blockedUntil, bucket && bucket.remaining <= 0 ? bucket.resetAt : 0) - now;
    if (blocked > 0) return waitFor(blocked);
    const second = Math.floor(now / SECOND);
    if (second !== this.#second) this.#inSecond = 0;
    this.#second = second;
    if (this.#inSecond >= GLOBAL_A_SECOND) return (second + 1) * SECOND - now;
    this.#inSecond++;
    if (bucket) {
      if (bucket.resetAt <= now) this.#buckets.delete(this.#bucketOfRoute.get(route) ?? route);
      else bucket.remaining--;
    }
    return 0;
  }

  /** Learns from an answer. */
  hear(route: string, { status, headers, body }: UpstreamAnswer): void {
    const now = this.#clock.now();
    const name = headers['x-ratelimit-bucket'];
    // Buckets are per guild; the route names it.
    const key = typeof name === 'string' ? `${name} ${route}` : route;
    this.#bucketOfRoute.set(route, key);
    const remaining = Number(headers['x-ratelimit-remaining']);
    const resetAfter = Number(headers['x-ratelimit-reset-after']);
    if (Number.isFinite(remaining) && Number.isFinite(resetAfter))
      this.#learn(key, remaining, now + resetAfter * SECOND);
    if (status === 429) {
      const { retry_after, global } = (body ?? {}) as { retry_after?: unknown; global?: unknown };
      const said = typeof retry_after === 'number' ? retry_after : Number(headers['retry-after'] ?? 1);
      const until = now + Math.ceil((Number.isFinite(said) ? said : 1) * SECOND);
      const isGlobal = global === true || headers['x-ratelimit-global'] === 'true';
      if (isGlobal) this.#blockedUntil = Math.max(this.#blockedUntil, until);
      else this.#buckets.set(key, { remaining: 0, resetAt: until });
    }
    const isShared = headers['x-ratelimit-scope'] === 'shared';
    if (status === 401 || status === 403 || (status === 429 && !isShared)) this.#countInvalid(now);
  }

  #learn(key: string, remaining: number, resetAt: Instant): void {
    const known = this.#buckets.get(key);
    // Answers of requests side by side come in any order: the least that is left counts until the bucket is filled again.
    if (known && known.resetAt >= this.#clock.now() && known.remaining < remaining) return;
    this.#buckets.set(key, { remaining, resetAt });
  }

  #bucketFor(route: string): Bucket | undefined {
    return this.#buckets.get(this.#bucketOfRoute.get(route) ?? route);
  }

  #countInvalid(now: Instant): void {
    if (now - this.#invalidSince >= INVALID_WINDOW) {
      this.#invalidSince = now;
      this.#invalid = 0;
    }
    this.#invalid++;
  }
}

function waitFor(milliseconds: number): number {
  if (milliseconds <= LONGEST_WAIT) return milliseconds;
  throw new IdentityFailure(`Discord asks to wait ${Math.ceil(milliseconds / SECOND)} s`);
}
