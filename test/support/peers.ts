import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the peer keeper of this run listens; see peer-keeper.ts. */
    peerKeeper: string;
  }
}

/**
 * Vitest's global set-up: starts the peer keeper, which starts PostgreSQL and the S3 server when a
 * test first asks for them. The keeper ends them as soon as its standard input closes, so they are
 * stopped too when this process is killed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./peer-keeper.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => keeper.once('close', () => resolve()));
  const firstLine = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]().next();
  const address = await firstLine;
  if (address.done) throw new Error('The peer keeper ended before it said where it listens.');
  project.provide('peerKeeper', address.value);
  return async () => {
    keeper.stdin.end();
    await ended;
  };
}
