import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

/** A server that tests talk to: how to reach it, and how to end it. */
export interface Peer<Connection extends object> {
  connection: Connection;
  stop(): Promise<void>;
}

export const run = promisify(execFile);

/** A server process, with the last of what it wrote. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #ended: Promise<void>;
  #output = '';

  constructor(name: string, command: string, args: string[], options: SpawnOptions = {}) {
    this.#name = name;
    // Its own process group: an interrupt from the terminal must not end a server under a running test.
    this.#child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-8_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', (error) => {
        this.#output += error.message;
        resolve();
      });
    });
  }

  /** Waits until the probe says true. Throws with the server's output when it ends or the time is over. */
  async ready(probe: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!(await probe())) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) {
        throw new Error(`${this.#name} ended while starting:\n${this.#output}`);
      }
      if (Date.now() > deadline) throw new Error(`${this.#name} was not ready in ${withinMs} ms:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Ends the process: politely by the given signal, and for good after five seconds. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    this.#child.kill(signal);
    const hard = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await this.#ended;
    clearTimeout(hard);
  }
}

/** Ports free at this moment on the loopback address. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(address !== null && typeof address === 'object' ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
