const OPENING = /^\s*(?:\[|\{\s*"(?:samples|points)"\s*:\s*\[)/;
/** Enough to see how a list begins. */
const HEAD = 64;

/**
 * Cuts a list of JSON objects, or an object with the list `samples` or `points`, or one object, into its elements: each on one line. Text may
 * come in pieces cut anywhere; memory holds one element. What is no list is handed on as it is, for the reader to complain about.
 */
export class JsonElements {
  #head = '';
  /** Depth at which elements stand; undefined while the beginning was not seen. */
  #level: number | undefined;
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #element = '';

  /** The elements that end in this piece. */
  write(text: string): string[] {
    if (this.#level !== undefined) return this.#scan(text);
    this.#head += text;
    return this.#head.length < HEAD ? [] : this.#begin();
  }

  /** What is left when the text is over. */
  end(): string[] {
    const found = this.#level === undefined ? this.#begin() : [];
    this.#finish(found, '');
    return found;
  }

  #begin(): string[] {
    const [opening = ''] = OPENING.exec(this.#head) ?? [];
    this.#level = opening === '' ? 0 : opening.includes('{') ? 2 : 1;
    this.#depth = this.#level;
    return this.#scan(this.#head.slice(opening.length));
  }

  #scan(text: string): string[] {
    const level = this.#level ?? 0;
    const found: string[] = [];
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      const character = text[index];
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (character === '\\') this.#isEscaped = true;
        else if (character === '"') this.#inText = false;
        continue;
      }
      if (character === '"') this.#inText = true;
      else if (character === '{' || character === '[') this.#depth++;
      else if (character === '}' || character === ']') this.#depth--;
      else if (character !== ',') continue;
      const isEnd = this.#depth < level || (character === ',' && this.#depth === level && level > 0);
      if (!isEnd) continue;
      this.#finish(found, text.slice(start, index));
      start = index + 1;
    }
    this.#element += text.slice(start);
    return found;
  }

  /** A line break in JSON is white space; inside a text it is written as an escape. */
  #finish(found: string[], tail: string): void {
    const line = (this.#element + tail).replace(/[\r\n]+/g, ' ').trim();
    this.#element = '';
    if (line !== '') found.push(line);
  }
}
