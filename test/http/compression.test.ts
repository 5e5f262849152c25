import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ask, listen } from './listening.ts';
import { landSamples, minutesUntil, NOW, openTestApp, useStore } from './test-app.ts';

const engine = useStore();

async function listening() {
  const made = await openTestApp(engine());
  await landSamples(made, minutesUntil(NOW, 300));
  return { port: await listen(made.app), range: `/api/series/${made.viewers}/range?window=5h` };
}

test.each(['gzip', 'gzip, deflate, br', 'br;q=1.0, gzip;q=0.5', 'GZIP'.toLowerCase()])(
  '%j gets gzip',
  async (accepted) => {
    const { port, range } = await listening();
    const plain = await ask(port, range);
    for (const path of [range, range, '/api/openapi.json', '/docs']) {
      const packed = await ask(port, path, { 'accept-encoding': accepted });
      expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(packed.headers['content-length']).toBe(String(packed.body.length));
      if (path === range) expect(gunzipSync(packed.body)).toEqual(plain.body);
      else expect(gunzipSync(packed.body).toString()).toBe((await ask(port, path)).body.toString());
    }
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toBe('accept-encoding');
  },
);

test.each([undefined, 'identity', 'br', 'gzip;q=0', 'gzip;q=0.0, br'])(
  '%j gets the bytes as they are',
  async (accepted) => {
    const { port, range } = await listening();
    const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
    for (const path of [range, '/api/openapi.json']) {
      const response = await ask(port, path, headers);
      expect(response.headers['content-encoding']).toBeUndefined();
      expect(() => JSON.parse(response.body.toString())).not.toThrow();
    }
  },
);

test('small bodies are not worth it', async () => {
  const { port } = await listening();
  expect((await ask(port, '/api/health', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
});

test('both forms share a tag, and 304 has no body in either', async () => {
  const { port, range } = await listening();
  for (const path of [range, '/api/openapi.json', '/api/series', '/api/configuration', '/docs']) {
    const { etag } = (await ask(port, path, { 'accept-encoding': 'gzip' })).headers;
    expect((await ask(port, path)).headers.etag).toBe(etag);
    const again = await ask(port, path, { 'if-none-match': String(etag), 'accept-encoding': 'gzip' });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
  }
});

test('HEAD says what GET would, without the body', async () => {
  const { port, range } = await listening();
  for (const path of [range, '/api/series']) {
    const full = await ask(port, path);
    const head = await ask(port, path, {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(full.headers['content-length']);
    expect(head.headers.etag).toBe(full.headers.etag);
  }
});
