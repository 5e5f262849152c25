import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openPushRig, send, useFileStore } from './push-rig.ts';

const store = useFileStore();
const at = Date.now() - 86_400_000;
const lines = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, index) => `m,device=d v=${from + index} ${at + from + index}\n`).join('');

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['zstd', zstdCompressSync],
])('a body packed with %s is unpacked', async (encoding, pack) => {
  const rig = await openPushRig(store());
  const packed = pack(Buffer.from(lines(1_000)));
  const { body } = await rig.push(packed, 'text/plain', '?precision=ms', { 'content-encoding': encoding });
  expect(body).toMatchObject({ accepted: 1_000 });
  expect(await rig.samples('m.v')).toHaveLength(1_000);
});

test('a packed body that ends too early is told with what was accepted, and its broken line is not stored', async () => {
  const rig = await openPushRig(store());
  const noise = Array.from({ length: 20_000 }, (_, index) => `m,device=d v=${Math.sin(index)} ${at + index}\n`).join(
    '',
  );
  const packed = gzipSync(noise);
  const cut = await rig.push(packed.subarray(0, packed.length >> 1), 'text/plain', '?precision=ms', {
    'content-encoding': 'gzip',
  });
  expect(cut.status).toBe(400);
  expect(cut.body.detail).toMatch(
    /^the body cannot be unpacked: unexpected end of file; \d+ samples of it are stored$/,
  );
  const stored = await rig.samples('m.v');
  expect(stored).toHaveLength(cut.body.report?.accepted as number);
  for (const [time, value] of stored) expect(value).toBe(Number(Math.sin(time - at)));
  const spoilt = await rig.push('this is no gzip', 'text/plain', '', { 'content-encoding': 'gzip' });
  expect(spoilt.status).toBe(400);
  expect(spoilt.body.detail).toMatch(/^the body cannot be unpacked: .*; nothing of this body was stored$/);
});

test('a body beyond 50 MiB is refused, unpacked or not, and says how much is stored', async () => {
  const rig = await openPushRig(store());
  const head = await rig
    .push('x', 'text/plain', '', { 'content-length': String(51 * 1024 * 1024) })
    .catch(() => undefined);
  expect(head?.status ?? 413).toBe(413);
  const long = `${'x'.repeat(1_000)}\n`.repeat(60_000);
  const bomb = gzipSync(lines(100) + long);
  const { status, body } = await rig.push(bomb, 'text/plain', '?precision=ms', { 'content-encoding': 'gzip' });
  expect(status).toBe(413);
  expect(body.detail).toBe(
    'the body has more than 50 MiB unpacked; send the rest in further ones; 100 samples of it are stored',
  );
  expect(await rig.samples('m.v')).toHaveLength(100);
});

test('fifty megabytes are streamed, and hold about one', async () => {
  const rig = await openPushRig(store());
  const count = 1_000_000;
  const body = Buffer.from(
    Array.from(
      { length: count },
      (_, index) => `room,device=d${index % 10} temperature=${index % 97} ${at + index * 10} \n`,
    ).join(''),
  );
  expect(body.length).toBeGreaterThan(43_000_000);
  await rig.push(lines(10), 'text/plain', '?precision=ms');
  const before = process.memoryUsage.rss();
  let most = 0;
  let admitted = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
    admitted = Math.max(admitted, rig.ingest.admitted);
  }, 10);
  const { status, body: report } = await rig.push(body, 'text/plain', '?precision=ms');
  clearInterval(watch);
  expect(status).toBe(200);
  expect(report).toMatchObject({ accepted: count, newSeries: 10 });
  expect(admitted).toBe(1024 * 1024);
  expect((most - before) / 2 ** 20).toBeLessThan(250);
}, 240_000);

test('when many bodies are on their way the next one is turned away before it is read', async () => {
  const rig = await openPushRig(store(), { budget: 20_000 });
  const slow = [0, 1].map(() => connect(rig.port, '127.0.0.1'));
  for (const socket of slow) {
    socket.write('POST /api/samples HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nm');
  }
  await expect.poll(() => rig.ingest.admitted).toBe(16_384);
  const refused = await rig.push(lines(10), 'text/plain', '?precision=ms');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.body.detail).toBe('too many samples are on their way; nothing of this body was stored, send it again');
  for (const socket of slow) socket.destroy();
  await expect.poll(() => rig.ingest.admitted, { timeout: 60_000 }).toBe(0);
  expect((await rig.push(lines(10), 'text/plain', '?precision=ms')).status).toBe(200);
});

test('a client that goes away leaves whole lines only, and may send it all again', async () => {
  const rig = await openPushRig(store());
  const body = lines(200_000);
  const socket = connect(rig.port, '127.0.0.1');
  socket.write(
    `POST /api/samples?precision=ms HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.write(body.slice(0, body.length - 10));
  await expect.poll(async () => (await rig.samples('m.v')).length, { timeout: 60_000 }).toBeGreaterThan(0);
  socket.destroy();
  await expect.poll(() => rig.ingest.admitted, { timeout: 60_000 }).toBe(0);
  const stored = await rig.samples('m.v');
  expect(stored.length).toBeLessThan(200_000);
  expect(stored).toEqual(stored.map((_, index) => [at + index, index]));
  expect((await rig.push(body, 'text/plain', '?precision=ms')).body).toMatchObject({ accepted: 200_000 });
  expect(await rig.samples('m.v')).toHaveLength(200_000);
}, 180_000);

test.each([
  ['image/png', 415],
  ['application/x-www-form-urlencoded', 415],
])('the type %s without a format gets %i', async (type, status) => {
  const rig = await openPushRig(store());
  const answer = await rig.push('m v=1', type);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toMatch(/Content-Type/);
});

test.each([
  [{ origin: 'http://evil.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://proxy.example' }, 200],
  [{ origin: 'http://x' }, 200],
  [{}, 200],
])('a push with the headers %j gets %i', async (headers: Record<string, string>, status) => {
  const rig = await openPushRig(store());
  expect((await rig.push('m v=1', 'text/plain', '', { host: 'x', ...headers })).status).toBe(status);
  const write = await send(rig.port, '/write', 'm v=1', { host: 'x', ...headers });
  expect(write.status).toBe(status === 200 ? 204 : status);
});

test('a body without a type is told by its first character', async () => {
  const rig = await openPushRig(store());
  const bare = async (body: string) => (await send(rig.port, '/api/points', body, {})).body;
  expect(await bare('m v=1')).toMatchObject({ accepted: 1 });
  expect(await bare(' [{"metric":"m","v":2}]')).toMatchObject({ accepted: 1 });
  expect(await bare('{"metric":"m","v":3}')).toMatchObject({ accepted: 1 });
});

test('a wrong parameter names the mend', async () => {
  const rig = await openPushRig(store());
  const { status, body } = await rig.push('m v=1', 'text/plain', '?precision=sec&devise=x');
  expect(status).toBe(400);
  expect(body.detail).toMatch(
    /precision must be one of ns, us, ms, s, m, h.*devise is not known here; did you mean device\?/,
  );
  expect((await rig.push('m v=1', 'text/plain', '', { 'content-encoding': 'br' })).body.detail).toMatch(
    /^Content-Encoding "br" is not known here/,
  );
});

test('a body of nothing but new names costs neither memory nor patience', async () => {
  const rig = await openPushRig(store(), { mostSeries: 10 });
  const body = Array.from({ length: 200_000 }, (_, index) => `m,device=d,id=i${index} v=1 ${at}\n`).join('');
  const { status, body: report } = await rig.push(body, 'text/plain', '?precision=ms');
  expect(status).toBe(200);
  expect(report).toMatchObject({ accepted: 10, newSeries: 10, rejectedOmitted: 200_000 - 10 - 100 });
  expect(await rig.samples('m.v')).toHaveLength(10);
}, 180_000);

test('senders of bodies under way are told to come again when the thread is stopped', async () => {
  const rig = await openPushRig(store());
  const socket = connect(rig.port, '127.0.0.1');
  const said: string[] = [];
  socket.setEncoding('utf8').on('data', (part: string) => said.push(part));
  const head =
    'POST /api/samples?precision=ms HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n';
  socket.write(head + lines(5_000));
  await expect.poll(() => rig.ingest.admitted).toBeGreaterThan(0);
  await rig.ingest[Symbol.asyncDispose]();
  await expect.poll(() => said.join('')).toMatch(/^HTTP\/1.1 503 .*retry-after: 1/s);
  socket.destroy();
  expect((await rig.push('m v=1')).status).toBe(503);
});
