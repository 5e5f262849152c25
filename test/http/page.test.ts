import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, listen } from './listening.ts';
import { openTestApp, useStore } from './test-app.ts';

const engine = useStore();
let webRoot = '';
const script = `console.log(${JSON.stringify('x'.repeat(5_000))})`;

beforeAll(() => {
  webRoot = mkdtempSync(join(tmpdir(), 'varve-page-'));
  mkdirSync(join(webRoot, 'assets'));
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Varve</title>');
  writeFileSync(join(webRoot, 'assets', 'index-abc123.js'), script);
  writeFileSync(join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
});
afterAll(() => rmSync(webRoot, { recursive: true }));

const HTML = { accept: 'text/html,application/xhtml+xml' };
const opened = async () => (await openTestApp(engine(), { context: { webRoot } })).app;

test.each(['/', '/series/abc', '/archives', '/apiary'])('%s is the page', async (url) => {
  const response = await (await opened()).inject({ url, headers: HTML });
  expect(response.statusCode).toBe(200);
  expect(response.body).toContain('<title>Varve</title>');
  expect(response.headers['cache-control']).toBe('no-cache');
  expect(response.headers['content-security-policy']).toMatch(/default-src 'self'/);
});

test('hashed assets are kept for ever, other files are asked for again', async () => {
  const app = await opened();
  const asset = await app.inject('/assets/index-abc123.js');
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toMatch(/javascript/);
  const icon = await app.inject('/favicon.svg');
  expect(icon.headers['cache-control']).toBe('no-cache');
  const again = await app.inject({ url: '/favicon.svg', headers: { 'if-none-match': String(icon.headers.etag) } });
  expect(again.statusCode).toBe(304);
});

test('assets are packed', async () => {
  const port = await listen(await opened());
  const packed = await ask(port, '/assets/index-abc123.js', { 'accept-encoding': 'gzip' });
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
  expect(gunzipSync(packed.body).toString()).toBe(script);
  const plain = await ask(port, '/assets/index-abc123.js');
  expect(plain.body.toString()).toBe(script);
  expect(plain.headers['content-length']).toBe(String(script.length));
});

test.each(['/assets/index-old.js', '/api/nothing', '/api', '/docs/nothing'])('%s is no page', async (url) => {
  const response = await (await opened()).inject({ url, headers: HTML });
  expect(response.statusCode).toBe(404);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test.each(['/../package.json', '/..%2f..%2fpackage.json', '/assets/../../package.json', '/%2e%2e/package.json'])(
  '%s does not leave the folder',
  async (path) => {
    const response = await ask(await listen(await opened()), path);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.body.toString()).not.toContain('"name": "varve"');
  },
);

test('without a built page the API works and says where it is described', async () => {
  const { app } = await openTestApp(engine());
  const response = await app.inject({ url: '/', headers: HTML });
  expect(response.statusCode).toBe(503);
  expect(response.body).toContain('href="/docs"');
  expect((await app.inject('/api/health')).statusCode).toBe(200);
});
