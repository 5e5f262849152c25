import type { Batch } from './batch.ts';
import { addJsonSample } from './json-samples.ts';
import { Lines, LONGEST_LINE } from './lines.ts';
import { BodyProblem, type SampleParser } from './parser.ts';

/** One sample a line. */
export class NdjsonParser implements SampleParser {
  readonly #lines: Lines;

  constructor(batch: Batch) {
    this.#lines = new Lines(
      (line) => {
        batch.line++;
        if (line.trim() !== '') addJsonSample(batch, line);
      },
      () => {
        batch.line++;
        batch.reject(`longer than ${LONGEST_LINE / 1024} KiB`);
      },
    );
  }

  write(text: string): void {
    this.#lines.write(text);
  }

  end(): void {
    this.#lines.end();
  }
}

const LISTS = /^\{\s*"(?:samples|points)"\s*:\s*$/;
const ENVELOPE = 'an object with many samples holds nothing but the list "samples" or "points"';
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;

/**
 * A list of samples, an object with the list `samples` or `points`, or one sample. Elements are cut out of the text by their brackets and
 * parsed one by one, so that a body of any length needs the memory of one sample. The place in the list counts as the line.
 */
export class JsonParser implements SampleParser {
  readonly #batch: Batch;
  #place: 'before' | 'object' | 'list' | 'after-list' | 'after' = 'before';
  #isEnveloped = false;
  /** Open brackets and braces inside the element. */
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  /** The element so far, of the pieces before this one. */
  #element = '';
  #elements = 0;

  constructor(batch: Batch) {
    this.#batch = batch;
  }

  write(text: string): void {
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) this.#inText = false;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) start = this.#open(code, text, start, index);
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) start = this.#close(code, text, start, index);
      else if (code === COMMA && this.#place === 'list' && this.#depth === 0) {
        this.#finish(text.slice(start, index), false);
        start = index + 1;
      } else if (this.#place === 'object' || this.#place === 'list') this.#inText = code === QUOTE;
      else if (code !== 32 && (code < 9 || code > 13)) throw this.#unexpected(text, index);
    }
    if (this.#place !== 'object' && this.#place !== 'list') return;
    this.#element += text.slice(start);
    if (this.#element.length > LONGEST_LINE)
      throw new BodyProblem(`a sample is longer than ${LONGEST_LINE / 1024} KiB`);
  }

  end(): void {
    if (this.#place === 'before') throw new BodyProblem('the body is empty');
    if (this.#place !== 'after')
      throw new BodyProblem('the JSON ends too early: a bracket, brace or text is not closed');
  }

  /** An opening bracket or brace; returns where the element begins. */
  #open(code: number, text: string, start: number, index: number): number {
    if (this.#place === 'before') {
      this.#place = code === OPEN_BRACE ? 'object' : 'list';
      this.#depth = code === OPEN_BRACE ? 1 : 0;
      return code === OPEN_BRACE ? index : index + 1;
    }
    if (this.#place === 'after-list' || this.#place === 'after') throw this.#unexpected(text, index);
    if (
      this.#place === 'object' &&
      this.#depth === 1 &&
      code === OPEN_BRACKET &&
      LISTS.test(this.#element + text.slice(start, index))
    ) {
      this.#place = 'list';
      this.#isEnveloped = true;
      this.#depth = 0;
      this.#element = '';
      return index + 1;
    }
    this.#depth++;
    return start;
  }

  /** A closing bracket or brace; returns where the next element begins. */
  #close(code: number, text: string, start: number, index: number): number {
    if (this.#place === 'list' && this.#depth === 0) {
      if (code !== CLOSE_BRACKET) throw this.#unexpected(text, index);
      this.#finish(text.slice(start, index), true);
      this.#place = this.#isEnveloped ? 'after-list' : 'after';
    } else if (this.#place === 'after-list' && code === CLOSE_BRACE) this.#place = 'after';
    else if (this.#place === 'object' || this.#place === 'list') {
      this.#depth--;
      if (this.#place !== 'object' || this.#depth > 0) return start;
      this.#finish(text.slice(start, index + 1), false);
      this.#place = 'after';
    } else throw this.#unexpected(text, index);
    return index + 1;
  }

  #finish(tail: string, isLast: boolean): void {
    const element = this.#element + tail;
    this.#element = '';
    const isBlank = element.trim() === '';
    if (isBlank && isLast && this.#elements === 0) return;
    this.#elements++;
    this.#batch.line = this.#elements;
    if (isBlank) this.#batch.reject('nothing stands between two commas');
    else addJsonSample(this.#batch, element);
  }

  #unexpected(text: string, index: number): BodyProblem {
    const found = JSON.stringify(text.slice(index, index + 20));
    if (this.#place === 'before') return new BodyProblem(`the body is no JSON list or object: it begins with ${found}`);
    if (this.#place === 'after-list') return new BodyProblem(`${ENVELOPE}; found ${found} after it`);
    return new BodyProblem(`the JSON ends, and ${found} follows; one sample a line is sent as application/x-ndjson`);
  }
}
