const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const BILLION = 1_000_000_000;
/** Larger integers are not exact, and written in another notation. */
const LARGEST = BILLION * 1_000_000;
/** No number takes more characters. */
const LONGEST_NUMBER = 26;

/**
 * Writes JSON straight into bytes. Answers are mostly numbers, and numbers mostly whole: for 366 points this takes a third of the
 * time of joining strings and encoding them. One scratch area serves all answers, one after the other.
 */
export class JsonBytes {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #length = 0;

  /** Writes text as it is; it must be ASCII. */
  ascii(text: string): void {
    this.#room(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.#length = at;
  }

  /** Writes any value as JSON. */
  json(value: unknown): void {
    const text = JSON.stringify(value);
    this.#room(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** A sum of finite samples may overflow; JSON knows no infinity, so the largest number stands in. */
  number(value: number): void {
    if (Number.isInteger(value) && value < LARGEST && value > -LARGEST) this.#integer(value);
    else if (Number.isFinite(value)) this.ascii(String(value));
    else this.ascii(String(value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE));
  }

  /** How much was written; two places enclose a piece that `repeat` writes again. */
  get place(): number {
    return this.#length;
  }

  repeat(from: number, to: number): void {
    this.#room(to - from);
    this.#bytes.copyWithin(this.#length, from, to);
    this.#length += to - from;
  }

  comma(): void {
    this.#room(1);
    this.#bytes[this.#length++] = COMMA;
  }

  /** The bytes written so far, as a buffer of their own; begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #integer(value: number): void {
    this.#room(LONGEST_NUMBER);
    let rest = value;
    if (rest < 0) {
      this.#bytes[this.#length++] = MINUS;
      rest = -rest;
    }
    if (rest < BILLION) {
      this.#digits(rest, digitsOf(rest));
      return;
    }
    const high = Math.floor(rest / BILLION);
    this.#digits(high, digitsOf(high));
    this.#digits(rest - high * BILLION, 9);
  }

  #digits(value: number, count: number): void {
    const bytes = this.#bytes;
    let rest = value | 0;
    for (let at = this.#length + count - 1; at >= this.#length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#length += count;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

function digitsOf(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}
