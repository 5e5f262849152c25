import type { Level } from '../domain/ladder.ts';
import { lowerBound, type PointColumns, type RollupColumns, sliceColumns } from '../domain/rollup.ts';
import type { Instant, Interval } from '../domain/time.ts';
import type { BulkReader } from '../store/engine.ts';

/** Rows that a full block holds at the expected distance of samples: a block of 15-minute rollups spans 64 hours. */
const ROWS = 256;
/**
 * A read of fewer rows is not worth a block: the ragged ends of a window are a dozen samples each, and reading their whole blocks
 * took two thirds of the time of a cold answer.
 */
const FEW = 64;
const IRREGULAR_SPAN = 3_600_000;
/** Bookkeeping of a block in bytes, beside its columns. */
const OVERHEAD = 400;

type Columns = PointColumns | RollupColumns;

interface Block extends Interval {
  readonly key: string;
  readonly source: number;
  readonly columns: Columns;
  readonly bytes: number;
}

/** A series as far as reading its samples goes. */
export interface Readable {
  readonly number: number;
  readonly sourceNumber: number;
  readonly interval: number | null;
}

/**
 * Decoded rollups and samples in memory, in blocks of whole spans of time, least recently used out first. Most of history is
 * frozen, so a block once read is right until somebody lands into its span; `forget` is told of that.
 */
export class Blocks {
  readonly #reader: BulkReader;
  readonly #limit: number;
  readonly #blocks = new Map<string, Block>();
  readonly #bySource = new Map<number, Set<Block>>();
  #bytes = 0;
  #changes = 0;

  constructor(reader: BulkReader, limitBytes: number) {
    this.#reader = reader;
    this.#limit = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  rollups(
    series: Readable,
    level: Level,
    range: Interval,
  ): Promise<readonly RollupColumns[]> | readonly RollupColumns[] {
    return this.#read(series, level, level * ROWS, range) as
      | Promise<readonly RollupColumns[]>
      | readonly RollupColumns[];
  }

  points(series: Readable, range: Interval): Promise<readonly PointColumns[]> | readonly PointColumns[] {
    const span = series.interval === null ? IRREGULAR_SPAN : series.interval * ROWS;
    return this.#read(series, 0, span, range) as Promise<readonly PointColumns[]> | readonly PointColumns[];
  }

  /** Drops what was read of a source inside a range; everything of it when no range is given. */
  forget(source: number, range?: Interval): void {
    this.#changes++;
    for (const block of this.#bySource.get(source) ?? []) {
      if (!range || (block.from < range.to && range.from < block.to)) this.#drop(block);
    }
  }

  clear(): void {
    this.#changes++;
    this.#blocks.clear();
    this.#bySource.clear();
    this.#bytes = 0;
  }

  /** Synchronous where everything is in memory: awaiting nothing would still cost each answer a turn of the event loop. */
  #read(
    series: Readable,
    level: Level | 0,
    span: number,
    { from, to }: Interval,
  ): Promise<readonly Columns[]> | readonly Columns[] {
    const found: Columns[] = [];
    const firstIndex = Math.floor(from / span);
    const lastIndex = Math.ceil(to / span);
    let missing = false;
    for (let index = firstIndex; index < lastIndex; index++) {
      const key = `${series.number} ${level} ${index}`;
      const block = this.#blocks.get(key);
      if (!block) {
        missing = true;
        break;
      }
      this.#blocks.delete(key);
      this.#blocks.set(key, block);
      found.push(block.columns);
    }
    if (!missing) return found;
    const few = (to - from) * ROWS < FEW * span;
    return few
      ? this.#fetch(series, level, from, to).then((columns) => [columns])
      : this.#load(series, level, span, firstIndex, lastIndex);
  }

  async #load(
    series: Readable,
    level: Level | 0,
    span: number,
    firstIndex: number,
    lastIndex: number,
  ): Promise<readonly Columns[]> {
    const found: Columns[] = [];
    for (let index = firstIndex; index < lastIndex; index++) {
      const block = this.#blocks.get(`${series.number} ${level} ${index}`);
      if (block) {
        found.push(block.columns);
        continue;
      }
      let end = index + 1;
      while (end < lastIndex && !this.#blocks.has(`${series.number} ${level} ${end}`)) end++;
      const changes = this.#changes;
      const columns = await this.#fetch(series, level, index * span, end * span);
      // Somebody may have landed while the database answered; then the answer is good for once, but not to keep.
      const keep = changes === this.#changes;
      for (; index < end; index++) {
        const part = slice(columns, index * span, (index + 1) * span);
        found.push(part);
        if (keep)
          this.#keep(
            series,
            `${series.number} ${level} ${index}`,
            { from: index * span, to: (index + 1) * span },
            part,
          );
      }
      index--;
    }
    return found;
  }

  #fetch(series: Readable, level: Level | 0, from: Instant, to: Instant): Promise<Columns> {
    return level === 0
      ? this.#reader.readPoints(series.number, from, to)
      : this.#reader.readRollups(series.number, level, from, to);
  }

  #keep(series: Readable, key: string, range: Interval, columns: Columns): void {
    const source = series.sourceNumber;
    const bytes = OVERHEAD + columns.times.byteLength * Object.keys(columns).length;
    const block: Block = { key, source, ...range, columns, bytes };
    const old = this.#blocks.get(key);
    if (old) this.#drop(old);
    this.#blocks.set(key, block);
    const ofSource = this.#bySource.get(source) ?? new Set();
    this.#bySource.set(source, ofSource.add(block));
    this.#bytes += bytes;
    while (this.#bytes > this.#limit) this.#drop(this.#blocks.values().next().value as Block);
  }

  #drop(block: Block): void {
    if (!this.#blocks.delete(block.key)) return;
    this.#bySource.get(block.source)?.delete(block);
    this.#bytes -= block.bytes;
  }
}

function slice(columns: Columns, from: Instant, to: Instant): Columns {
  return sliceColumns(columns, lowerBound(columns.times, from), lowerBound(columns.times, to));
}
