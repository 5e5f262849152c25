import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { History } from '../../src/history/history.ts';
import type { ProblemBody } from '../../src/http/contract.ts';
import { StoreUnavailable } from '../../src/store/engine.ts';
import { ManualClock } from '../support/clock.ts';
import { listen } from './listening.ts';
import { landSamples, minutesUntil, NOW, openTestApp, useStore } from './test-app.ts';

const engine = useStore();

test.each(['/api/health', '/api/series', '/docs', '/api/nothing', '/metrics', '/api/openapi.json'])(
  '%s carries the security headers',
  async (url) => {
    const { app } = await openTestApp(engine());
    const { headers } = await app.inject(url);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:/,
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
  },
);

test('a hot answer carries them too', async () => {
  const made = await openTestApp(engine());
  await landSamples(made, minutesUntil(NOW, 10));
  const { headers } = await made.app.inject(`/api/series/${made.viewers}/range`);
  expect(headers['content-security-policy']).toMatch(/^default-src 'self'/);
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test.each([
  ['evil.example', 421],
  ['evil.example:7357', 421],
  ['127.0.0.1.evil.example', 421],
  ['127.0.0.1:7357', 200],
  ['LOCALHOST:7357', 200],
  ['localhost', 200],
  ['[::1]:7357', 200],
])('on loopback the name %j gets %i', async (host, status) => {
  const { app } = await openTestApp(engine(), { context: { allowedHosts: ['localhost', '127.0.0.1', '[::1]'] } });
  const response = await app.inject({ url: '/api/series', headers: { host } });
  expect(response.statusCode).toBe(status);
  if (status === 421)
    expect(response.json<ProblemBody>().detail).toMatch(/does not answer to the name .*only to localhost/);
});

test.each([
  ['same-origin', 202],
  ['none', 202],
  [undefined, 202],
  ['cross-site', 403],
  ['same-site', 403],
])('a change from %j gets %i', async (site, status) => {
  const { app } = await openTestApp(engine());
  const response = await app.inject({
    method: 'POST',
    url: '/api/archives/platform/backfill',
    headers: { 'content-type': 'application/json', ...(site === undefined ? {} : { 'sec-fetch-site': site }) },
    payload: '{}',
  });
  expect(response.statusCode).toBe(status);
});

test('reading from another site is harmless: no answer can be read there', async () => {
  const { app } = await openTestApp(engine());
  const response = await app.inject({ url: '/api/series', headers: { 'sec-fetch-site': 'cross-site' } });
  expect(response.statusCode).toBe(200);
  expect(response.headers['cross-origin-resource-policy']).toBe('same-origin');
});

test('who changes things in a loop is asked to slow down', async () => {
  const { app } = await openTestApp(engine());
  const cancel = () => app.inject({ method: 'POST', url: '/api/jobs/x/cancel', payload: {} });
  for (let count = 0; count < 120; count++) expect((await cancel()).statusCode).toBe(404);
  const response = await cancel();
  expect(response.statusCode).toBe(429);
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  expect(response.json<ProblemBody>()).toMatchObject({ title: 'Too Many Requests', status: 429 });
});

test('what broke inside is logged under an id, and not told', async () => {
  const secret = 'password=hunter2';
  const broken = new History(engine(), new ManualClock(NOW));
  broken.find = async () => {
    throw new Error(secret);
  };
  const { app, log } = await openTestApp(engine(), { context: { history: broken } });
  const response = await app.inject('/api/series/x/range');
  const body = response.json<ProblemBody>();
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain('hunter2');
  expect(body.title).toBe('Internal Server Error');
  const line = log.find((text) => text.includes(secret));
  expect(line).toContain(body.instance?.replace('urn:uuid:', ''));
});

test.each(['busy', 'full', 'read-only', 'unreachable'] as const)(
  'a store that is %s is said plainly',
  async (reason) => {
    const broken = new History(engine(), new ManualClock(NOW));
    broken.find = async () => {
      throw new StoreUnavailable(reason, '/var/lib/secret/place of the store');
    };
    const { app } = await openTestApp(engine(), { context: { history: broken } });
    const response = await app.inject('/api/series/x/range');
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.json<ProblemBody>()).toMatchObject({
      title: 'Service Unavailable',
      detail: expect.stringMatching(/^the store /),
    });
    expect(response.body).not.toContain('secret');
  },
);

test('one series that breaks inside does not take the others with it', async () => {
  const made = await openTestApp(engine());
  await landSamples(made, minutesUntil(NOW, 10));
  const history = new History(engine(), made.clock);
  const find = history.find.bind(history);
  history.find = (org, id) => (id === 'broken' ? Promise.reject(new Error('hunter2')) : find(org, id));
  const other = await openTestApp(engine(), { context: { history, org: made.org } });
  const payload = { series: ['broken', made.viewers] };
  const response = await other.app.inject({ method: 'POST', url: '/api/series/query', payload });
  expect(response.statusCode).toBe(200);
  expect(response.body).not.toContain('hunter2');
  expect(response.json()).toMatchObject({ results: [{ seriesId: 'broken' }, { totalSamples: 10 }] });
});

test.each([
  ['what is no HTTP', 'hello\r\n\r\n', 400],
  ['a head without an end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%s gets a problem on the bare connection', async (_name, text, status) => {
  const { app } = await openTestApp(engine());
  const socket = createConnection(await listen(app), '127.0.0.1');
  socket.write(text);
  const parts: string[] = [];
  for await (const part of socket.setEncoding('utf8')) parts.push(String(part));
  const [head, body] = parts.join('').split('\r\n\r\n') as [string, string];
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toContain('Content-Type: application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status });
});
