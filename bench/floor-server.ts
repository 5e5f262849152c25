import { createServer } from 'node:http';

/** A bare `node:http` server in a process of its own: returns, for each path, the bytes that it was told over IPC, or 304 to whoever names a tag. */
const bodies = new Map<string, Buffer>();
const server = createServer((request, response) => {
  const body = bodies.get(request.url ?? '');
  if (!body) {
    response.writeHead(404, { 'content-length': 0 }).end();
    return;
  }
  if (request.headers['if-none-match'] !== undefined) {
    response.writeHead(304, { etag: request.headers['if-none-match'] }).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
  response.end(body);
});
process.on('message', ({ path, body }: { path: string; body: string }) => {
  bodies.set(path, Buffer.from(body, 'base64'));
  process.send?.({ stored: path });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port });
});
