import { lookup as resolveName } from 'node:dns';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Clock } from '../../domain/time.ts';
import { IdentityFailure } from './provider.ts';

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed; undefined where it is no JSON, as error pages of proxies are not. */
  readonly body: unknown;
}

const LONGEST_ANSWER = 256 * 1024;
const TIMEOUT = 10_000;
const MINUTE = 60_000;

/**
 * Calls of one provider: every one is counted against a budget, must come to its end in time and size, follows no redirect, and goes to no
 * private address, whatever its name resolves to. Only a base address on the loopback, which an operator wrote down, may be local.
 */
export class Upstream {
  readonly #name: string;
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #budget: number;
  readonly #clock: Clock;
  readonly #isLocal: boolean;
  #minute = 0;
  #calls = 0;

  constructor(
    { name, baseUrl, callsPerMinute }: { name: string; baseUrl: string; callsPerMinute: number },
    headers: Readonly<Record<string, string>>,
    clock: Clock,
  ) {
    this.#name = name;
    this.#base = baseUrl.replace(/\/+$/, '');
    this.#headers = headers;
    this.#budget = callsPerMinute;
    this.#clock = clock;
    this.#isLocal = isLoopback(new URL(baseUrl).hostname);
  }

  /** Throws `IdentityFailure` when the budget is spent, nobody answers, or what comes is cut or too much. */
  async get(path: string, signal: AbortSignal): Promise<UpstreamAnswer> {
    this.#spend();
    try {
      return await this.#ask(new URL(this.#base + path), AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]));
    } catch (error) {
      if (error instanceof IdentityFailure) throw error;
      const isLate = (error as Error).name === 'TimeoutError' || (error as { code?: string }).code === 'ABORT_ERR';
      throw new IdentityFailure(
        isLate ? `${this.#name} did not answer within ${TIMEOUT / 1000} s` : `${this.#name} could not be reached`,
        { cause: error },
      );
    }
  }

  #spend(): void {
    const minute = Math.floor(this.#clock.now() / MINUTE);
    if (minute !== this.#minute) this.#calls = 0;
    this.#minute = minute;
    if (this.#calls >= this.#budget)
      throw new IdentityFailure(`the budget of ${this.#budget} calls a minute to ${this.#name} is spent`);
    this.#calls++;
  }

  #ask(url: URL, signal: AbortSignal): Promise<UpstreamAnswer> {
    if (!this.#isLocal && isIP(bare(url.hostname)) && isPrivate(bare(url.hostname)))
      throw new IdentityFailure(`${this.#name} leads to a private address`);
    const options: RequestOptions = {
      method: 'GET',
      headers: { accept: 'application/json', ...this.#headers },
      signal,
      ...(this.#isLocal ? {} : { lookup: publicOnly(this.#name) }),
    };
    return new Promise((resolve, reject) => {
      const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          parts.push(part);
          if (bytes > LONGEST_ANSWER) response.destroy(new IdentityFailure(`${this.#name} answered too much`));
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: parseJson(Buffer.concat(parts).toString()),
          }),
        );
      });
      request.on('error', reject).end();
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

const isLoopback = (host: string): boolean =>
  host === 'localhost' || bare(host) === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6');

/** Addresses of IPv4 inside IPv6 are looked at as what they are. */
export function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPrivate(mapped);
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Looks a name up and refuses private addresses in the same step as it connects: a second look-up might say something else. */
const publicOnly =
  (name: string): LookupFunction =>
  (host, options, callback) => {
    resolveName(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const found = addresses.filter(({ address }) => !isPrivate(address));
      const [first] = found;
      if (!first) return callback(new IdentityFailure(`${name} leads to a private address`), '');
      if (options.all) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
