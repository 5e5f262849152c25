import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock, Instant } from '../domain/time.ts';
import { type PushReport, pushReportSchema } from '../http/samples-contract.ts';
import { version } from '../version.ts';

/** Where samples are pushed to. */
export interface Target {
  /** Address of the server, such as `http://varve.local:7357`. */
  readonly server: URL;
  /** Further parameters of `/api/samples`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Header for a server behind something that asks for one; never logged. */
  readonly authorization: string | undefined;
}

/** What became of one request. */
export type Delivery =
  /** The server keeps the good lines and names the others. */
  | { readonly kind: 'report'; readonly report: PushReport }
  /** Try again, not before `retryAfter` milliseconds when the server said so. */
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly retryAfter: number | null;
      readonly timedOut: boolean;
      /** The status of the server's answer; null when there was none. */
      readonly status: number | null;
    }
  /** The server answers, and takes nothing from us: it is another one, or wants a token, or a parameter is wrong. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It takes other requests, but not this body. */
  | { readonly kind: 'unusable'; readonly reason: string };

const TIMEOUT = 60_000;
/** Longer waits that a server asks for are cut to this, so that one wrong header does not silence a sender for a day. */
const LONGEST_RETRY_AFTER = 15 * 60_000;
const LONGEST_ANSWER = 1024 * 1024;
const pack = promisify(gzip);

/** `sentAt` tells the server how far our clock goes wrong. */
function samplesAddress({ server, parameters }: Target, sentAt: Instant): URL {
  const address = new URL(`${server.pathname.replace(/\/+$/, '')}/api/samples`, server);
  for (const [name, value] of Object.entries({ ...parameters, sentAt })) address.searchParams.set(name, String(value));
  return address;
}

/** Sends lines as one request, packed with gzip. Throws only the reason of `signal`. */
export async function deliver(
  target: Target,
  body: Uint8Array | string,
  contentType: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Delivery> {
  const controller = new AbortController();
  const stop = clock.after(TIMEOUT, () => controller.abort());
  try {
    const response = await fetch(samplesAddress(target, clock.now()), {
      method: 'POST',
      body: await pack(body),
      headers: {
        'content-type': contentType,
        'content-encoding': 'gzip',
        accept: 'application/json',
        'user-agent': `varve/${version}`,
        ...(target.authorization === undefined ? {} : { authorization: target.authorization }),
      },
      redirect: 'manual',
      signal: AbortSignal.any([signal, controller.signal]),
    });
    return judge(response, await readText(response), clock);
  } catch (error) {
    signal.throwIfAborted();
    if (!controller.signal.aborted) return later(causeOf(error));
    return { ...later(`no answer within ${TIMEOUT / 1_000} s`), timedOut: true };
  } finally {
    stop();
  }
}

const later = (reason: string, status: number | null = null, retryAfter: number | null = null) =>
  ({ kind: 'later', reason, status, retryAfter, timedOut: false }) as const;

/** Statuses that are about this body alone. */
const ABOUT_BODY = new Set([400, 413, 422]);

function judge(response: Response, text: string, clock: Clock): Delivery {
  const { status } = response;
  const json = jsonOf(text);
  const report = reportOf(json, response.ok);
  if (report && (response.ok || status === 400)) return { kind: 'report', report };
  const said = detailOf(json) ?? response.statusText;
  const reason = `the server answered ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 429 || status === 408 || status >= 500) {
    return later(reason, status, retryAfterOf(response.headers, clock));
  }
  if (ABOUT_BODY.has(status)) return { kind: 'unusable', reason };
  // A network that wants somebody to sign in first answers everything with a page of its own.
  if (response.ok) return later('something answered that is no Varve server');
  const location = response.headers.get('location');
  if (location !== null) return { kind: 'refused', reason: `${reason}; it points to ${location}` };
  return { kind: 'refused', reason };
}

/** A body of which no line is good is answered as a bad request, with the report beside the problem. */
function reportOf(json: unknown, isOk: boolean): PushReport | undefined {
  const { data } = pushReportSchema.safeParse(isOk ? json : (json as { report?: unknown } | undefined)?.report);
  return isOk || (data?.accepted === 0 && data.rejected.length > 0) ? data : undefined;
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > LONGEST_ANSWER) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const detailOf = (json: unknown): string | undefined => {
  const { detail, title } = (json ?? {}) as { detail?: unknown; title?: unknown };
  return [detail, title].find((text) => typeof text === 'string');
};

/** Seconds or a date, as RFC 9110 has it. */
function retryAfterOf(headers: Headers, clock: Clock): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - clock.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER) : null;
}

/** The words of the innermost cause: `fetch failed` says nothing. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = cause as NodeJS.ErrnoException;
  const words = message === '' ? (code ?? 'unknown') : message;
  return `the server cannot be reached: ${words}`;
}
