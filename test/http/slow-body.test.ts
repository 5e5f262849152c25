import { connect } from 'node:net';
import fastify from 'fastify';
import { expect, test } from 'vitest';
import { limitBodies } from '../../src/http/body-deadline.ts';
import { listen } from './listening.ts';

/** The answer to a request whose body never comes, or undefined when the connection stays open. */
async function askWithoutBody(path: string): Promise<string | undefined> {
  const app = fastify();
  limitBodies(app, 50);
  app.addContentTypeParser('text/plain', (_request, payload, done) => done(null, payload));
  const arrived = Promise.withResolvers<void>();
  app.post('/small', async () => 'taken');
  app.post('/streamed', { config: { streamed: true } }, async () => {
    arrived.resolve();
    return 'taken';
  });
  const socket = connect(await listen(app), '127.0.0.1');
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${path === '/small' ? 'application/json' : 'text/plain'}\r\nContent-Length: 5\r\n\r\n{`,
  );
  const parts: string[] = [];
  socket.setEncoding('utf8').on('data', (part: string) => parts.push(part));
  try {
    if (path === '/streamed') await arrived.promise;
    await expect.poll(() => parts.length).toBeGreaterThan(0);
    return parts.join('').split('\r\n', 1)[0];
  } finally {
    socket.destroy();
    await app.close();
  }
}

test('a small body that does not come is not waited for', async () => {
  expect(await askWithoutBody('/small')).toBe('HTTP/1.1 408 Request Timeout');
});

test('a body that is streamed has the time that its route gives it', async () => {
  expect(await askWithoutBody('/streamed')).toBe('HTTP/1.1 200 OK');
});
