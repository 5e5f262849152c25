import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import type { OpenApiDocument } from '../../src/http/docs/document.ts';
import { openTestApp, useStore } from './test-app.ts';

const FILE = join(import.meta.dirname, '../../docs/openapi.json');

const engine = useStore();

const documentOf = async (app: FastifyInstance): Promise<OpenApiDocument> =>
  (await app.inject('/api/openapi.json')).json<OpenApiDocument>();

/** `GET /api/series/{id}`, sorted. */
const routesOf = (document: OpenApiDocument): string[] =>
  Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();

test('the committed document is the one that is served; `npm run test:only -- test/http/openapi.test.ts -u` renews it', async () => {
  const { app } = await openTestApp(engine());
  expect(existsSync(FILE)).toBe(true);
  await expect(`${JSON.stringify(await documentOf(app), null, 2)}\n`).toMatchFileSnapshot(FILE);
});

test('every documented route exists, and every route of the API is documented', async () => {
  const { app } = await openTestApp(engine());
  const document = await documentOf(app);
  const documented = routesOf(document);
  for (const route of documented) {
    const [method, path] = route.split(' ') as [string, string];
    expect(app.hasRoute({ method, url: path.replace(/\{(\w+)\}/g, ':$1') }), route).toBe(true);
  }
  const printed = app.printRoutes({ commonPrefix: false, includeHooks: false });
  const served = (printed.match(/\((?:GET|POST|PUT|PATCH|DELETE)[^)]*\)/g) ?? []).flatMap((methods) =>
    methods
      .slice(1, -1)
      .split(', ')
      .filter((method) => method !== 'HEAD'),
  );
  // Beside the API: the document and the page that shows it.
  expect(served).toHaveLength(documented.length + 2);
});

test('every route has a summary, a tag that is explained, and its problems', async () => {
  const { app } = await openTestApp(engine());
  const document = await documentOf(app);
  const tags = new Set(document.tags?.map(({ name }) => name));
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      expect(operation.summary, path).toMatch(/\S/);
      expect(
        operation.tags?.every((tag) => tags.has(tag)),
        path,
      ).toBe(true);
      expect(operation.responses, path).toHaveProperty('400');
      for (const parameter of operation.parameters ?? [])
        expect(parameter.description, `${path} ${parameter.name}`).toMatch(/\S/);
    }
  }
});

test('every named schema is used and every reference leads somewhere', async () => {
  const { app } = await openTestApp(engine());
  const document = await documentOf(app);
  const referred = new Set(
    [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name),
  );
  expect([...referred].sort()).toEqual(Object.keys(document.components?.schemas ?? {}).sort());
});

test('the page shows each route with its parameters, an example and its schema, and needs nothing from elsewhere', async () => {
  const { app } = await openTestApp(engine());
  const response = await app.inject('/docs');
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  const page = response.body;
  const document = await documentOf(app);
  for (const path of Object.keys(document.paths)) expect(page).toContain(`<code>${path}</code>`);
  for (const name of Object.keys(document.components?.schemas ?? {})) expect(page).toContain(`id="schema-${name}"`);
  expect(page).toContain(
    "curl 'http://127.0.0.1:7357/api/platform/viewer-trend?windowMinutes=10080&amp;samples=100'".replace(/'/g, '&#39;'),
  );
  expect(page).toContain('<code>windowMinutes</code> <em>required</em>');
  const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(anchors).toContain(target);
  expect(page).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)|\son\w+=|javascript:/);
});
