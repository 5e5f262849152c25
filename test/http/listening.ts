import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { type Message, parseMessages } from '../live/recording-outlet.ts';

/** Listens on a free port of the loopback; resolves with it. */
export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the app listens on a port');
  return address.port;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request over a socket, nothing added and nothing unpacked. */
export function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers, method, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** An open stream and what it said so far. */
export class Stream {
  readonly response: IncomingMessage;
  readonly #request: ClientRequest;
  ended = false;
  #text = '';

  static open(port: number, path = '/api/feed', headers: Record<string, string> = {}): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const opening = request({ port, host: '127.0.0.1', path, headers, agent: false }, (response) =>
        resolve(new Stream(opening, response)),
      );
      opening.on('error', reject).end();
    });
  }

  private constructor(opening: ClientRequest, response: IncomingMessage) {
    this.#request = opening;
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.#text += text;
    });
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => {});
  }

  get text(): string {
    return this.#text;
  }

  get messages(): readonly Message[] {
    return parseMessages(this.#text.slice(0, this.#text.lastIndexOf('\n\n') + 2));
  }

  close(): void {
    this.#request.destroy();
  }
}
