/**
 * Counts of values in bins whose edges grow by a constant factor (the DDSketch of Masson, Rim and Lee, 2019): any quantile is off by at most
 * `RELATIVE_ERROR` of its value, sketches of parts add up to the sketch of the whole, and a value can be taken out again exactly. The
 * last is why it is written here: a late event changes which answer belongs to which question, and libraries only add.
 */
export const RELATIVE_ERROR = 0.005;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const PER_LOG = 1 / Math.log(GAMMA);
/** The bin of everything under 1; the others are numbered from 1 on. */
const UNDER_ONE = 0;

/** Values of at least 0; those under 1 count as 0, so give milliseconds rather than seconds. */
export class QuantileSketch {
  readonly #bins = new Map<number, number>();
  count = 0;
  sum = 0;

  /** `weight` -1 takes a value out that was put in before. */
  add(value: number, weight = 1): void {
    this.#put(binOf(value), weight);
    this.sum += value * weight;
  }

  merge(other: QuantileSketch): void {
    for (const [bin, count] of other.#bins) this.#put(bin, count);
    this.sum += other.sum;
  }

  get average(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }

  /** The value of rank `floor(quantile * (count - 1))`, counted from 0; null when there is none. */
  quantile(quantile: number): number | null {
    return this.quantiles([quantile])[0] ?? null;
  }

  /** Several in one walk; `quantiles` grow. */
  quantiles(quantiles: readonly number[]): readonly (number | null)[] {
    if (this.count === 0) return quantiles.map(() => null);
    const bins = [...this.#bins].sort(([left], [right]) => left - right);
    let seen = 0;
    let next = 0;
    return quantiles.map((quantile) => {
      const rank = Math.floor(quantile * (this.count - 1));
      while (next < bins.length - 1 && seen + (bins[next]?.[1] ?? 0) <= rank) seen += bins[next++]?.[1] ?? 0;
      return middleOf(bins[next]?.[0] ?? UNDER_ONE);
    });
  }

  /** Bins and counts as one text of variable-length numbers; the sum is not in it. */
  encode(): string {
    const bytes: number[] = [];
    let previous = 0;
    for (const [bin, count] of [...this.#bins].sort(([left], [right]) => left - right)) {
      writeNumber(bytes, bin - previous);
      writeNumber(bytes, count);
      previous = bin;
    }
    return Buffer.from(bytes).toString('base64');
  }

  /** What `encode` wrote, with its sum. */
  static decode(text: string, sum: number): QuantileSketch {
    const sketch = new QuantileSketch();
    sketch.mergeEncoded(text, sum);
    return sketch;
  }

  /** Adds an encoded sketch without making one: most of the time of an answer over many of them. */
  mergeEncoded(text: string, sum: number): void {
    const bytes = Buffer.from(text, 'base64');
    let at = 0;
    const readNumber = (): number => {
      let value = 0;
      let factor = 1;
      for (;;) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 0x7f) * factor;
        if (byte < 0x80) return value;
        factor *= 128;
      }
    };
    let bin = 0;
    while (at < bytes.length) {
      bin += readNumber();
      this.#put(bin, readNumber());
    }
    this.sum += sum;
  }

  #put(bin: number, weight: number): void {
    const count = (this.#bins.get(bin) ?? 0) + weight;
    if (count === 0) this.#bins.delete(bin);
    else this.#bins.set(bin, count);
    this.count += weight;
  }
}

const binOf = (value: number): number => (value < 1 ? UNDER_ONE : Math.ceil(Math.log(value) * PER_LOG) + 1);

/** The value that is equally far, relatively, from both edges of a bin. */
const middleOf = (bin: number): number => (bin === UNDER_ONE ? 0 : (2 * GAMMA ** (bin - 1)) / (GAMMA + 1));

function writeNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
