import { createServer, type ServerResponse } from 'node:http';
import { startChromium } from './chromium-program.ts';
import { startPostgres } from './postgres-server.ts';
import { startS3 } from './s3-server.ts';
import type { Peer } from './supervise.ts';

/**
 * Owns the servers that tests talk to. Prints its address, starts a peer at the first `POST /name`
 * and answers with how to reach it, and ends everything when standard input closes.
 */
const starters: Record<string, () => Promise<Peer<object>>> = {
  '/chromium': startChromium,
  '/postgres': startPostgres,
  '/s3': startS3,
};

const started = new Map<string, Promise<Peer<object>>>();

async function answer(path: string, response: ServerResponse): Promise<void> {
  const start = starters[path];
  if (!start) {
    response.writeHead(404).end(`There is no peer ${path}.`);
    return;
  }
  const peer = started.get(path) ?? start();
  started.set(path, peer);
  try {
    const { connection } = await peer;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(connection));
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
}

async function stopAll(exitCode: number): Promise<void> {
  server.close();
  server.closeAllConnections();
  const peers = await Promise.allSettled(started.values());
  const stops = peers.map((peer) => (peer.status === 'fulfilled' ? peer.value.stop() : undefined));
  await Promise.allSettled(stops);
  process.exit(exitCode);
}

const server = createServer((request, response) => void answer(request.url ?? '/', response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The peer keeper has no port.');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});

// An interrupt from the terminal reaches the whole process group; the test run decides when peers may go.
process.on('SIGINT', () => {});
process.once('SIGTERM', () => void stopAll(0));
process.stdin.once('end', () => void stopAll(0));
process.stdin.resume();
// Also a mistake in here must not leave servers behind.
process.once('uncaughtException', (error) => {
  process.stderr.write(`The peer keeper failed: ${error.stack}\n`);
  void stopAll(1);
});
