import { createServer } from 'node:http';

/** A bare `node:http` server in a process of its own that reads bodies to their end and answers 204: the least that taking samples can cost. */
const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => response.writeHead(204).end());
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port });
});
