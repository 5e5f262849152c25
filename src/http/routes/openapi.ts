import type { Api } from '../api.ts';
import type { OpenApiDocument } from '../docs/document.ts';
import { docsPage } from '../docs/page.ts';

/** The document and a page to read it, both made once, when all routes are known. */
export function openApiRoutes(api: Api): void {
  let json = '';
  let page = '';
  api.addHook('onReady', async () => {
    const document = api.swagger() as unknown as OpenApiDocument;
    json = JSON.stringify(document);
    page = docsPage(document);
  });
  api.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').serializer(String).send(json),
  );
  api.get('/docs', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(page),
  );
}
