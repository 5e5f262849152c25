import { STATUS_CODES } from 'node:http';
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
        { name: 'samples', description: 'Samples that devices push, and their published windows' },
        { name: 'influx', description: 'What senders for InfluxDB expect' },
        { name: 'jobs', description: 'Work in the background' },
        { name: 'activity', description: 'What people did: logs, counts, answer times, names' },
        { name: 'live', description: 'What changes, as it changes' },
        { name: 'accounts', description: 'Signing in, members, tokens, orgs, audit' },
        { name: 'operation', description: 'Health, metrics, configuration' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withStatusNames(withoutUnused(jsonSchemaTransformObject(document))),
  });
}

interface Components {
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> };
}

/** Each named schema comes in two forms, for requests and for responses; one of them is used. */
function withoutUnused<Document extends object>(document: Document): Document {
  const { components } = document as Components;
  const schemas = { ...components?.schemas };
  for (;;) {
    const text = JSON.stringify({ ...document, components: { schemas } });
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    if (unused.length === 0) return { ...document, components: { ...components, schemas } };
    for (const name of unused) delete schemas[name];
  }
}

/** The framework describes every answer without words of its own alike. */
function withStatusNames<Document extends object>(document: Document): Document {
  const paths = Object.values((document as { paths?: object }).paths ?? {}) as Record<string, { responses: object }>[];
  for (const { responses } of paths.flatMap((methods) => Object.values(methods))) {
    for (const [status, response] of Object.entries(responses)) {
      if (response.description === 'Default Response') response.description = STATUS_CODES[status];
    }
  }
  return document;
}
