import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface LocalUser {
  readonly id: string;
  readonly username: string;
  readonly global_name?: string | null;
  readonly discriminator?: string;
  readonly avatar?: string | null;
}

export interface LocalMember {
  readonly user: LocalUser;
  readonly nick?: string | null;
  readonly avatar?: string | null;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Record<string, string>;
}

type Trouble = 'cut' | 'silent' | 'html' | Answer;

const UNAUTHORIZED: Answer = { status: 401, body: { message: '401: Unauthorized', code: 0 } };

/** A Discord on the loopback that answers as documented, counts what it is asked, and spoils what it is told to. */
export class LocalDiscord {
  readonly url: string;
  readonly members = new Map<string, LocalMember>();
  readonly users = new Map<string, LocalUser>();
  /** Paths, in the order in which they were asked. */
  readonly calls: string[] = [];
  readonly guild = '896070888594759740';
  /** What comes instead of the next answers. */
  readonly troubles: Trouble[] = [];
  /** Requests of one bucket until it is filled again. */
  bucketSize = 1_000;
  /** Milliseconds that answers take. */
  delay = 0;
  #left = this.bucketSize;

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}/api/v10`;
  }

  /** Closed after the test. */
  static async start(): Promise<LocalDiscord> {
    let discord: LocalDiscord | undefined;
    const server = createServer((request, response) => discord?.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on a port');
    discord = new LocalDiscord(address.port);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return discord;
  }

  add(user: LocalUser, member: Omit<LocalMember, 'user'> | null = {}): void {
    this.users.set(user.id, user);
    if (member) this.members.set(user.id, { user, ...member });
  }

  fillBucket(): void {
    this.#left = this.bucketSize;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').replace('/api/v10', '');
    this.calls.push(path);
    const trouble = this.troubles.shift();
    if (trouble === 'silent') return;
    if (trouble === 'html') {
      response.writeHead(503, { 'content-type': 'application/json' }).end('<html>Service Unavailable</html>');
      return;
    }
    if (trouble === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"user":');
      response.socket?.destroy();
      return;
    }
    const { status, body, headers } =
      trouble ?? (request.headers.authorization === 'Bot secret-token' ? this.#say(path) : UNAUTHORIZED);
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    }, this.delay);
  }

  #say(path: string): Answer {
    if (this.#left <= 0) {
      const headers = { ...this.#bucket(64.57), 'retry-after': '65', 'x-ratelimit-scope': 'user' };
      const body = { message: 'You are being rate limited.', retry_after: 64.57, global: false };
      return { status: 429, body, headers };
    }
    this.#left--;
    const headers = this.#bucket(64.57);
    const [, guild, member] = /^\/guilds\/(\d+)\/members\/(\d+)$/.exec(path) ?? [];
    if (guild !== undefined && guild !== this.guild)
      return { status: 404, body: { message: 'Unknown Guild', code: 10_004 }, headers };
    const found = this.members.get(member ?? '');
    if (guild !== undefined)
      return found
        ? { status: 200, body: found, headers }
        : { status: 404, body: { message: 'Unknown Member', code: 10_007 }, headers };
    const user = this.users.get(/^\/users\/(\d+)$/.exec(path)?.[1] ?? '');
    return user ? { status: 200, body: user } : { status: 404, body: { message: 'Unknown User', code: 10_013 } };
  }

  #bucket(resetAfter: number): Record<string, string> {
    return {
      'x-ratelimit-limit': String(this.bucketSize),
      'x-ratelimit-remaining': String(this.#left),
      'x-ratelimit-reset-after': String(resetAfter),
      'x-ratelimit-bucket': '83c929ec6d0d76d75fba6450141cabf2',
    };
  }
}
