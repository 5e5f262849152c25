import type { Body, OpenApiDocument, Operation, Parameter } from './document.ts';
import { escapeHtml, inline } from './html.ts';
import { limitsText, schemaText } from './schema-text.ts';
import { STYLE } from './style.ts';

interface Route extends Operation {
  readonly method: string;
  readonly path: string;
  readonly anchor: string;
}

/** The API for people: each route with its parameters, an example to paste into a terminal, and the shape of its bodies. */
export function docsPage(document: OpenApiDocument): string {
  const { info, tags = [], components } = document;
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Route => {
      const anchor = `${method}${path.replace(/[^a-zA-Z0-9]+/g, '-')}`;
      return { ...operation, method: method.toUpperCase(), path, anchor };
    }),
  );
  const groups = tags.map((tag) => ({ ...tag, routes: routes.filter((route) => route.tags?.includes(tag.name)) }));
  const contents = groups.map(
    (group) =>
      `<li><b>${escapeHtml(group.name)}</b><ul>${group.routes
        .map((route) => `<li><a href="#${route.anchor}">${escapeHtml(route.method)} ${escapeHtml(route.path)}</a></li>`)
        .join('')}</ul></li>`,
  );
  const sections = groups.map(
    (group) =>
      `<section><h2>${inline(group.description ?? group.name)}</h2>${group.routes.map(routeHtml).join('')}</section>`,
  );
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<article id="schema-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3><pre>${schemaText(schema)}</pre></article>`,
  );
  const introduction = (info.description ?? '').split('\n\n').map((paragraph) => `<p>${inline(paragraph)}</p>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)} API</title><style>${STYLE}</style></head>
<body><nav><a class="home" href="/">${escapeHtml(info.title)}</a><ul>${contents.join('')}<li><a href="#schemas">Schemas</a></li></ul></nav>
<main><h1>${escapeHtml(info.title)} API <small>${escapeHtml(info.version)}</small></h1>${introduction.join('')}
<p>For programs: <a href="/api/openapi.json">openapi.json</a></p>
${sections.join('\n')}
<section id="schemas"><h2>Schemas</h2>${schemas.join('')}</section></main></body></html>
`;
}

function routeHtml(route: Route): string {
  const { method, path, anchor, summary = '', description = '', parameters = [], requestBody, responses } = route;
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const failures = Object.entries(responses).filter(([status]) => Number(status) >= 400);
  return `<article id="${anchor}"><h3><code class="${method.toLowerCase()}">${method}</code> <code>${escapeHtml(path)}</code></h3>
<p><b>${inline(summary)}</b>${description === '' ? '' : `<br>${inline(description)}`}</p>
${parametersHtml(parameters)}
<h4>Example</h4><pre>${escapeHtml(example(route))}</pre>
${requestBody ? `<h4>Body</h4>${bodyHtml(requestBody)}` : ''}
${answers.map(([status, body]) => `<details><summary>Answer ${escapeHtml(status)}</summary>${bodyHtml(body)}</details>`).join('')}
<p class="failures">${failures.map(([status, { description: text = '' }]) => `<span><code>${escapeHtml(status)}</code> ${inline(text)}</span>`).join('')}</p></article>`;
}

function parametersHtml(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, description = '', schema }) =>
      `<tr><th><code>${escapeHtml(name)}</code>${required ? ' <em>required</em>' : ''}</th><td>${escapeHtml(place)}</td><td>${limitsText(schema)}</td><td>${inline(description)}</td></tr>`,
  );
  return `<div class="wide"><table>${rows.join('')}</table></div>`;
}

const bodyHtml = ({ content = {} }: Body): string =>
  Object.entries(content)
    .map(([type, { schema }]) => `<p><code>${escapeHtml(type)}</code></p><pre>${schemaText(schema)}</pre>`)
    .join('');

/** A request that works once the ids in it are real. */
function example({ method, path, parameters = [], requestBody }: Route): string {
  const given = parameters.filter(({ schema, in: place }) => schema.example !== undefined && place === 'query');
  const query = given.map(({ name, schema }) => `${name}=${encodeURIComponent(String(schema.example))}`).join('&');
  const named = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((candidate) => candidate.name === name && candidate.in === 'path');
    return String(parameter?.schema.example ?? name.toUpperCase());
  });
  const address = `'http://127.0.0.1:7357${named}${query === '' ? '' : `?${query}`}'`;
  if (!requestBody) return `curl ${path === '/api/feed' ? '-N ' : ''}${address}`;
  const body = JSON.stringify(requestBody.content?.['application/json']?.schema.example ?? {});
  return `curl -X ${method} ${address} \\\n  -H 'Content-Type: application/json' -d '${body}'`;
}
