import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { version } from '../version.ts';

const DESCRIPTION = `History that freezes, answers that say what they know.

Times are epoch milliseconds UTC. Every data answer carries an \`envelope\`: how complete it is, what is missing and why, what is still open, and how it is kept fresh. Errors are problem documents (RFC 9457). Answers carry an \`ETag\`; send it back as \`If-None-Match\` and get \`304\` for what has not changed.`;

/** Gathers the OpenAPI document from the routes. Register before them. */
export function describeApi(app: FastifyInstance): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Varve',
        description: DESCRIPTION,
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'platform', description: 'A streaming platform' },
        { name: 'series', description: 'Series and their ranges' },
        { name: 'sources', description: 'Where data comes from' },
        { name: 'jobs', description: 'Work in the background' },
        { name: 'live', description: 'What changes, as it changes' },
        { name: 'operation', description: 'Health, metrics, configuration' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
}

type Document = ReturnType<typeof jsonSchemaTransformObject>;

/** Each named schema comes in two forms, for requests and for responses; one of them is used. */
function withoutUnused(document: Document): Document {
  const schemas = { ...(document.components?.schemas as Record<string, object> | undefined) };
  for (;;) {
    const text = JSON.stringify({ ...document, components: { schemas } });
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    if (unused.length === 0) return { ...document, components: { ...document.components, schemas } } as Document;
    for (const name of unused) delete schemas[name];
  }
}
