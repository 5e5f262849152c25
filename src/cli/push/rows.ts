import type { Format } from '../../sources/push/formats.ts';
import { Failure } from '../failure.ts';
import { JsonElements } from './json-elements.ts';

/** A sample as it is sent, or the row of a CSV file that names the columns. */
export interface Row {
  readonly text: string;
  /** Its first line in the input, or its place in a JSON list; from 1. */
  readonly line: number;
}

const LONGEST_ROW = 1024 * 1024;

/** Cuts an input that comes in pieces into rows, blank ones included. */
export interface RowCutter {
  write(text: string): Row[];
  end(): Row[];
}

export function rowCutter(format: Format): RowCutter {
  return format === 'json' ? jsonRows() : new LineRows(format);
}

function jsonRows(): RowCutter {
  const elements = new JsonElements();
  let count = 0;
  const numbered = (texts: readonly string[]): Row[] => texts.map((text) => ({ text, line: ++count }));
  return { write: (text) => numbered(elements.write(text)), end: () => numbered(elements.end()) };
}

/** Rows that end with a line, unless it ends inside quotation marks: cells of CSV and texts of line protocol may hold line breaks. */
class LineRows implements RowCutter {
  readonly #format: Format;
  #rest = '';
  /** The lines so far of a row that goes on. */
  #open: string[] = [];
  #openLength = 0;
  #line = 0;

  constructor(format: Format) {
    this.#format = format;
  }

  write(text: string): Row[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_ROW)
      throw new Failure(`line ${this.#line + 1} is longer than 1 MiB; this is no file of samples`);
    return lines.flatMap((line) => this.#next(line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  end(): Row[] {
    const rows = this.#rest === '' ? [] : this.#next(this.#rest);
    return [...rows, ...this.#close()];
  }

  #next(text: string): Row[] {
    this.#line++;
    if (this.#format === 'ndjson' || (this.#open.length === 0 && !text.includes('"')))
      return [{ text, line: this.#line }];
    this.#open.push(text);
    this.#openLength += text.length;
    if (this.#isWhole(this.#open.join('\n'))) return this.#close();
    if (this.#openLength <= LONGEST_ROW) return [];
    if (this.#format === 'csv') {
      throw new Failure(`a quotation mark in line ${this.#line - this.#open.length + 1} is not closed`);
    }
    return this.#close();
  }

  #isWhole(text: string): boolean {
    const marks = this.#format === 'csv' ? text.match(/"/g) : text.replace(/\\./g, '').match(/"/g);
    return (marks?.length ?? 0) % 2 === 0;
  }

  #close(): Row[] {
    if (this.#open.length === 0) return [];
    const line = this.#line - this.#open.length + 1;
    // Line protocol counts every line, and a quotation mark there may be no beginning of a text at all.
    const rows =
      this.#format === 'csv'
        ? [{ text: this.#open.join('\n'), line }]
        : this.#open.map((text, index) => ({ text, line: line + index }));
    this.#open = [];
    this.#openLength = 0;
    return rows;
  }
}
