import type { Batch, ChannelColumns, Column } from './batch.ts';
import { mappedLabel, mappedMetric } from './channels.ts';
import { escapedAt, fieldNumber, NO_NUMBER, NumberReader, splitAt, unescapeName } from './line-syntax.ts';
import { detached, type SampleParser } from './parser.ts';
import { parseStamp } from './stamps.ts';

/** A text field with a line end in it is followed so far; a quotation mark that nobody closes costs one line and not the body. */
const LONGEST_LINE = 64 * 1024;
const KEYS_KEPT = 50_000;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const COMMA = 44;

/** What `#line` says of a text field whose end is not in the line. */
const OPEN_TEXT = 'the text field has no closing quotation mark';

/** A measurement with its tags, as it was written once. */
interface Keyed {
  readonly columns: ChannelColumns;
  readonly byName: Map<string, Column>;
  /** The fields of the last line, each with its `=`: senders repeat their order. */
  readonly order: { readonly text: string; readonly column: Column }[];
}

/**
 * InfluxDB line protocol: `measurement,tag=value field=1.5,other=2i 1700000000000000000`. Numbers are kept, booleans as 0 and 1, texts are
 * counted and left out. Names with characters that ours do not have are mapped to `_`; values of tags stay as they are.
 */
export class LineProtocolParser implements SampleParser {
  readonly #batch: Batch;
  readonly #keys = new Map<string, Keyed | string>();
  readonly #number = new NumberReader();
  #epoch = 0;
  #rest = '';

  constructor(batch: Batch) {
    this.#batch = batch;
  }

  write(text: string): void {
    this.#rest = this.#read(this.#rest + text, false);
  }

  end(): void {
    this.#read(this.#rest, true);
    this.#rest = '';
  }

  /** Reads whole lines; returns what is left. */
  #read(text: string, isWhole: boolean): string {
    let start = 0;
    while (start < text.length) {
      let end = text.indexOf('\n', start);
      if (end < 0) {
        if (!isWhole && text.length - start <= LONGEST_LINE) break;
        end = text.length;
      }
      this.#batch.line++;
      const problem = this.#line(text, start, end);
      if (problem === OPEN_TEXT) {
        const longer = this.#longerLine(text, start, end, isWhole);
        if (longer === undefined) {
          this.#batch.line--;
          break;
        }
        end = longer;
      } else if (problem !== undefined) this.#batch.reject(problem);
      start = end + 1;
    }
    return text.slice(start);
  }

  /** A text field may hold line ends: where the line that began at `start` really ends. Undefined when more of the body is needed to tell. */
  #longerLine(text: string, start: number, firstEnd: number, isWhole: boolean): number | undefined {
    const limit = Math.min(text.length, start + LONGEST_LINE);
    for (let end = firstEnd; ; ) {
      let quote = text.indexOf('"', end);
      while (quote >= 0 && quote < limit && escapedAt(text, quote)) quote = text.indexOf('"', quote + 1);
      const next = quote < 0 || quote >= limit ? -1 : text.indexOf('\n', quote);
      if (next < 0 && !isWhole && text.length < start + LONGEST_LINE) return undefined;
      if (quote < 0 || quote >= limit) break;
      end = next < 0 ? text.length : next;
      const problem = this.#line(text, start, end);
      if (problem === OPEN_TEXT && end < text.length) continue;
      if (problem !== undefined) break;
      for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) this.#batch.line++;
      return end;
    }
    this.#batch.reject(OPEN_TEXT);
    return firstEnd;
  }

  /** Reads one line into the batch; returns why it could not. */
  #line(text: string, from: number, to: number): string | undefined {
    let start = from;
    let end = to;
    while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
    while (start < end && isBlank(text.charCodeAt(start))) start++;
    if (start === end || text.charCodeAt(start) === HASH) return undefined;
    const space = splitAt(text, ' ', start, end);
    if (space < 0) return `no fields: ${quoted(text, start, end)}`;
    const keyed = this.#keyed(text.slice(start, space));
    if (typeof keyed === 'string') return keyed;
    const position = this.#fields(keyed, text, space + 1, end);
    if (typeof position === 'string') return position;
    const batch = this.#batch;
    const { precision, now } = batch.options;
    if (batch.staged === 0) return undefined;
    if (position >= end) batch.keep(now, now);
    else {
      const time = parseStamp(text, position, end, precision);
      // The words about a stamp are made of its text, which is cut out only where something may be wrong with it.
      if (time < now && time > 1e11) batch.keep(time, time);
      else batch.keep(time, detached(text.slice(position, Math.min(end, position + 100))));
    }
    return undefined;
  }

  /** Stages the fields of a line; returns where its stamp begins, or what is wrong. */
  #fields(keyed: Keyed, text: string, from: number, end: number): number | string {
    const { order } = keyed;
    const number = this.#number;
    let position = from;
    while (position < end && text.charCodeAt(position) === SPACE) position++;
    for (let index = 0; ; index++) {
      const expected = order[index];
      let column: Column;
      if (expected !== undefined && text.startsWith(expected.text, position)) {
        column = expected.column;
        position += expected.text.length;
      } else {
        const equals = splitAt(text, '=', position, end);
        if (equals <= position)
          return this.#drop(`a field needs a name, "=" and a value: ${quoted(text, position, end)}`);
        const found = this.#column(keyed, text.slice(position, equals));
        if (typeof found === 'string') return this.#drop(found);
        column = found;
        order[index] = { text: detached(text.slice(position, equals + 1)), column };
        position = equals + 1;
      }
      if (text.charCodeAt(position) === QUOTE) {
        let close = text.indexOf('"', position + 1);
        while (close >= 0 && close < end && escapedAt(text, close)) close = text.indexOf('"', close + 1);
        if (close < 0 || close >= end) return this.#drop(OPEN_TEXT);
        this.#batch.tally.ignoredFields++;
        position = close + 1;
      } else {
        const stop = number.read(text, position, end);
        if (stop === NO_NUMBER) {
          const found = fieldNumber(text, position, end);
          if (typeof found === 'string') return this.#drop(found);
          this.#batch.stage(column, found.value);
          position = found.end;
        } else {
          this.#batch.stage(column, number.value);
          position = stop;
        }
      }
      const code = position < end ? text.charCodeAt(position) : SPACE;
      if (code === COMMA) position++;
      else if (code === SPACE) break;
      else return this.#drop(`a field ends in ${quoted(text, position, end)}; expected a comma or a space`);
    }
    while (position < end && text.charCodeAt(position) === SPACE) position++;
    return position;
  }

  #drop(problem: string): string {
    this.#batch.unstage();
    return problem;
  }

  #keyed(key: string): Keyed | string {
    if (this.#epoch !== this.#batch.epoch || this.#keys.size > KEYS_KEPT) {
      this.#keys.clear();
      this.#epoch = this.#batch.epoch;
    }
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const own = detached(key);
    const made = this.#parseKey(own);
    const keyed = typeof made === 'string' ? made : { columns: made, byName: new Map<string, Column>(), order: [] };
    this.#keys.set(own, keyed);
    return keyed;
  }

  #parseKey(key: string): ChannelColumns | string {
    const parts: string[] = [];
    for (let start = 0; start <= key.length; ) {
      const comma = splitAt(key, ',', start, key.length);
      const end = comma < 0 ? key.length : comma;
      parts.push(key.slice(start, end));
      start = end + 1;
    }
    const [measurement = '', ...tags] = parts;
    if (measurement === '') return `no measurement: ${JSON.stringify(key.slice(0, 100))}`;
    const labels: Record<string, string> = {};
    for (const tag of tags) {
      const equals = splitAt(tag, '=', 0, tag.length);
      if (equals <= 0 || equals === tag.length - 1)
        return `a tag needs a name, "=" and a value: ${JSON.stringify(tag.slice(0, 100))}`;
      const name = mappedLabel(unescapeName(tag.slice(0, equals)));
      if (name in labels) return `the tag ${name} stands twice`;
      labels[name] = unescapeName(tag.slice(equals + 1));
    }
    return this.#batch.channel(
      mappedMetric(unescapeName(measurement)),
      this.#batch.options.device === undefined ? withSender(labels) : labels,
    );
  }

  #column({ columns, byName }: Keyed, written: string): Column | string {
    const known = byName.get(written);
    if (known) return known;
    const column = columns.column(mappedMetric(unescapeName(written)));
    if (typeof column !== 'string') byName.set(detached(written), column);
    return column;
  }
}

/** Where Telegraf names a disk or a port `device`, it names the sender `host`. */
function withSender(labels: Record<string, string>): Record<string, string> {
  const { host, device, ...others } = labels;
  if (host === undefined || device === undefined || host === device) return labels;
  return { ...others, host, device_tag: device, device: host };
}

const isBlank = (code: number): boolean => code === SPACE || code === RETURN || code === NEWLINE;

const quoted = (text: string, start: number, end: number): string =>
  JSON.stringify(text.slice(start, Math.min(end, start + 100)));
