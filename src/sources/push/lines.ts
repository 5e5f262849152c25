/** A line longer than this is no sample; it is passed over without being kept in memory. */
export const LONGEST_LINE = 1024 * 1024;

/** Cuts text that comes in pieces of any size into lines, without their ends. */
export class Lines {
  readonly #onLine: (line: string) => void;
  readonly #onTooLong: () => void;
  #rest = '';
  #skipping = false;

  constructor(onLine: (line: string) => void, onTooLong: () => void) {
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  write(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#finish(text.slice(start, end));
      start = end + 1;
    }
    if (this.#skipping) return;
    this.#rest += text.slice(start);
    if (this.#rest.length <= LONGEST_LINE) return;
    this.#rest = '';
    this.#skipping = true;
    this.#onTooLong();
  }

  end(): void {
    if (this.#rest !== '') this.#finish('');
  }

  #finish(tail: string): void {
    const line = this.#rest === '' ? tail : this.#rest + tail;
    this.#rest = '';
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
