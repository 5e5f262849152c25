import type { JsonSchema } from './document.ts';
import { escapeHtml, inline } from './html.ts';

/** A schema as lines of HTML in the notation of TypeScript, with descriptions as comments and links to named schemas. */
export function schemaText(schema: JsonSchema, indent = ''): string {
  if (schema.$ref !== undefined) {
    const name = escapeHtml(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return escapeHtml(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => escapeHtml(JSON.stringify(value))).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((option) => schemaText(option, indent)).join(' | ');
  if (schema.items) return `${schemaText(schema.items, indent)}[]`;
  if (schema.properties) return objectText(schema, indent);
  if (typeof schema.additionalProperties === 'object') {
    return `{ [name: string]: ${schemaText(schema.additionalProperties, indent)} }`;
  }
  return typeText(schema);
}

function objectText({ properties = {}, required = [] }: JsonSchema, indent: string): string {
  const names = Object.keys(properties);
  if (names.length === 0) return '{}';
  const inner = `${indent}  `;
  const lines = names.map((name) => {
    const property = properties[name] as JsonSchema;
    const comment = property.description === undefined ? '' : ` <i>// ${inline(property.description)}</i>`;
    return `${inner}${escapeHtml(name)}${required.includes(name) ? '' : '?'}: ${schemaText(property, inner)}${comment}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

const typeText = ({ type }: JsonSchema): string => escapeHtml([type ?? 'unknown'].flat().join(' | '));

/** What values a parameter may have, in one line. */
export function limitsText(schema: JsonSchema): string {
  if (schema.enum) return schemaText(schema);
  const { minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return range ? `${typeText(schema)}, ${minimum}–${maximum}` : typeText(schema);
}
