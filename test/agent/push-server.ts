import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as it arrived. */
export interface Pushed {
  readonly address: URL;
  readonly headers: IncomingMessage['headers'];
  readonly lines: readonly string[];
}

/** Answers one request; returns false to have it taken as the real server would. */
export type Misbehaviour = (pushed: Pushed, response: ServerResponse) => boolean;

/** Stands for a server that takes samples, and behaves as badly as it is told to. */
export class PushServer implements AsyncDisposable {
  readonly requests: Pushed[] = [];
  /** Lines that were stored, by their order of arrival; the same line again is stored once. */
  readonly stored: string[] = [];
  readonly #seen = new Set<string>();
  readonly #server: Server;
  misbehave: Misbehaviour = () => false;
  /** Why a line is no good. */
  reasonAgainst: (line: string) => string | undefined = () => undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => this.#answer(request, Buffer.concat(parts), response));
    });
  }

  static async start(port = 0): Promise<PushServer> {
    const server = new PushServer();
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  #answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const address = new URL(request.url ?? '/', this.url);
    const lines = gunzipSync(body).toString().replace(/\n$/, '').split('\n');
    const pushed = { address, headers: request.headers, lines };
    this.requests.push(pushed);
    if (this.misbehave(pushed, response)) return;
    const rejected: { line: number; reason: string }[] = [];
    for (const [index, line] of lines.entries()) {
      const reason = this.reasonAgainst(line);
      if (reason !== undefined) rejected.push({ line: index + 1, reason });
      else if (!this.#seen.has(line)) {
        this.#seen.add(line);
        this.stored.push(line);
      }
    }
    const accepted = lines.length - rejected.length;
    const omitted = Math.max(0, rejected.length - 100);
    const report = {
      accepted,
      values: accepted,
      rejected: rejected.slice(0, 100),
      rejectedOmitted: omitted,
      ignoredFields: 0,
      newSeries: 0,
    };
    const isBad = accepted === 0 && rejected.length > 0;
    response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isBad ? { type: 'about:blank', title: 'Bad Request', status: 400, report } : report));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const answer = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body = '',
): true => {
  response.writeHead(status, headers);
  response.end(body);
  return true;
};

/** Value and stamp of the stored lines. */
export const valuesOf = (lines: readonly string[]): number[] =>
  lines.map((line) => (JSON.parse(line) as { value: number }).value);
export const stampsOf = (lines: readonly string[]): number[] =>
  lines.map((line) => (JSON.parse(line) as { timestamp: number }).timestamp);
