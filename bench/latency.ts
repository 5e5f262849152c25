import { connect, type Socket } from 'node:net';

/**
 * Asks for one path after the other on one kept-alive connection and takes the time of each answer. A bare socket instead of a
 * client library: its own cost would hide the difference between servers.
 */
export class Requester implements Disposable {
  readonly #socket: Socket;
  readonly #host: string;
  #pending: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  #chunks: Buffer[] = [];
  #expected: number | undefined;
  #received = 0;
  #status = 0;
  #header = '';

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#pending?.reject(error));
    socket.on('close', () => this.#pending?.reject(new Error('the server closed the connection')));
  }

  static async open(url: string): Promise<Requester> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Requester(socket, host);
  }

  get(path: string, headers = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${headers}\r\n`);
    });
  }

  /** Milliseconds from asking to the last byte of the answer; throws for any status but `expected`. */
  async time(path: string, expected = 200): Promise<number> {
    const begin = performance.now();
    const { status } = await this.get(path);
    const taken = performance.now() - begin;
    if (status !== expected) throw new Error(`${path} answered ${status}`);
    return taken;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#expected === undefined) {
      const whole = Buffer.concat(this.#chunks);
      const end = whole.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#header = whole.toString('latin1', 0, end);
      this.#status = Number(this.#header.slice(9, 12));
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#header)?.[1];
      if (length === undefined && this.#status !== 304) throw new Error(`no content-length in\n${this.#header}`);
      this.#expected = end + 4 + Number(length ?? 0);
      this.#chunks = [whole];
    }
    if (this.#received < this.#expected) return;
    const whole = Buffer.concat(this.#chunks);
    const body = whole.subarray(this.#header.length + 4, this.#expected);
    this.#chunks = [];
    this.#received = 0;
    this.#expected = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve({ status: this.#status, header: this.#header, body });
  }
}

export interface Answer {
  readonly status: number;
  readonly header: string;
  readonly body: Buffer;
}

/** The value below which `part` (0 to 1) of the times lie. */
export function percentile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (times: readonly number[]): number => percentile(times, 0.5);
