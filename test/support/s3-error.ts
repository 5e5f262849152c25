/** An error as S3 answers it: an HTTP status and a code that clients know by name. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }

  toXml(): string {
    return xmlDocument('Error', xmlElement('Code', this.code) + xmlElement('Message', this.code));
  }
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** An element with text inside, escaped. */
export function xmlElement(name: string, text: string | number | boolean): string {
  return `<${name}>${String(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)}</${name}>`;
}

/** A whole document; the content is markup already. */
export function xmlDocument(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${content}</${root}>`;
}

/** The texts of all elements of one name, in order. */
export function xmlTexts(document: string, name: string): string[] {
  const characters = new Map(Object.entries(ESCAPES).map(([character, written]) => [written, character]));
  return [...document.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text
      .replace(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_, hex: string | undefined, decimal: string) =>
        String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
      )
      .replace(/&[a-z]+;/g, (written) => characters.get(written) ?? written),
  );
}
