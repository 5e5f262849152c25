import type { Instant } from '../../domain/time.ts';
import type { Channel, Channels, Field } from './channels.ts';
import type { Tally } from './report.ts';
import { isSuspect, type Precision, stampProblem } from './stamps.ts';

/** Samples of one field in columns. */
export interface FieldSamples {
  readonly channel: Channel;
  readonly field: Field;
  readonly times: readonly Instant[];
  readonly values: readonly number[];
  /** The line of each, while the store may refuse some: it has no series for the field, or dropped samples of the device. */
  readonly lines: readonly number[];
}

/** Samples gathered from some lines of a body. */
export interface Part {
  readonly fields: readonly FieldSamples[];
  readonly samples: number;
  readonly values: number;
  /** How many fields each line has, for lines with fields that the store may refuse. */
  readonly fieldsOfLine: ReadonlyMap<number, number>;
}

/** The growing column of one field in one body. */
export class Column {
  readonly channel: Channel;
  readonly field: Field;
  times: Instant[] = [];
  values: number[] = [];
  lines: number[] = [];
  /** Why the store took no series for it. */
  refusal: string | undefined;

  constructor(channel: Channel, field: Field) {
    this.channel = channel;
    this.field = field;
  }
}

/** The columns of one channel in one body. */
export class ChannelColumns {
  readonly channel: Channel;
  readonly #columns = new Map<string, Column>();

  constructor(channel: Channel) {
    this.channel = channel;
  }

  /** The column of a field; a text says why there can be none. */
  column(name: string): Column | string {
    const known = this.#columns.get(name);
    if (known) return known;
    const field = this.channel.field(name);
    if (typeof field === 'string') return field;
    const column = new Column(this.channel, field);
    this.#columns.set(name, column);
    return column;
  }

  /** Marks the columns of fields that got no series. */
  refuse(refusals: ReadonlyMap<Field, string>): void {
    for (const column of this.#columns.values()) column.refusal ??= refusals.get(column.field);
  }
}

/** Channels of one body whose columns are kept from part to part; a body may name more, and be made of nothing else. */
const CHANNELS_KEPT = 20_000;

export interface BatchOptions {
  /** Names the sender of every sample. */
  readonly device: string | undefined;
  readonly precision: Precision;
  /** Also the stamp of samples without one. */
  readonly now: Instant;
}

/**
 * Gathers the samples of a body in columns, a sample at a time: its numbers are staged, then kept under a stamp or rejected as a whole. `take` hands over
 * what came together; the columns go on empty.
 */
export class Batch {
  readonly options: BatchOptions;
  readonly tally: Tally;
  /** The line being read, from 1. */
  line = 0;
  /** Grows when columns that were handed out are no longer in use. */
  epoch = 0;
  readonly #channels: Channels;
  readonly #columns = new Map<Channel, ChannelColumns>();
  readonly #staged: Column[] = [];
  readonly #stagedValues: number[] = [];
  #count = 0;
  #touched: Column[] = [];
  #samples = 0;
  #values = 0;
  #fieldsOfLine = new Map<number, number>();

  constructor(channels: Channels, tally: Tally, options: BatchOptions) {
    this.#channels = channels;
    this.tally = tally;
    this.options = options;
  }

  /** Numbers gathered since the last `take`. */
  get size(): number {
    return this.#values;
  }

  /** The columns of a channel; a text says why there can be none. */
  channel(metric: string, labels: Readonly<Record<string, string>>): ChannelColumns | string {
    const channel = this.#channels.find(this.options.device, metric, labels);
    if (typeof channel === 'string') return channel;
    const known = this.#columns.get(channel) ?? new ChannelColumns(channel);
    this.#columns.set(channel, known);
    return known;
  }

  stage(column: Column, value: number): void {
    this.#staged[this.#count] = column;
    this.#stagedValues[this.#count++] = value;
  }

  get staged(): number {
    return this.#count;
  }

  /** Keeps what was staged; `given` is the stamp as it was written, for the words about it. */
  keep(time: number, given: string | number): void {
    const { now, precision } = this.options;
    const count = this.#count;
    if (isSuspect(time, now)) {
      const problem = stampProblem(time, given, precision, now);
      if (problem !== undefined) {
        this.reject(problem);
        return;
      }
    }
    this.#count = 0;
    let kept = 0;
    let isNew = false;
    for (let index = 0; index < count; index++) {
      const column = this.#staged[index] as Column;
      if (column.refusal !== undefined || time < column.channel.device.rawFrom) {
        this.tally.reject(this.line, column.refusal ?? tooOld(column.channel.device.rawFrom));
        continue;
      }
      if (column.times.length === 0) this.#touched.push(column);
      column.times.push(time);
      column.values.push(this.#stagedValues[index] as number);
      if (!column.field.isStored || column.channel.device.isTrimmed) {
        column.lines.push(this.line);
        isNew = true;
      }
      kept++;
    }
    if (kept === 0) return;
    this.#samples++;
    this.#values += kept;
    if (isNew) this.#fieldsOfLine.set(this.line, kept);
  }

  /** Forgets what was staged. */
  unstage(): void {
    this.#count = 0;
  }

  /** Rejects the line being read, with what was staged of it. */
  reject(reason: string): void {
    this.#count = 0;
    this.tally.reject(this.line, reason);
  }

  /** Lines of fields that got no series are rejected as they come from now on. */
  refuse(refusals: ReadonlyMap<Field, string>): void {
    for (const columns of this.#columns.values()) columns.refuse(refusals);
  }

  take(): Part {
    const fields = this.#touched.map((column): FieldSamples => {
      const { channel, field, times, values, lines } = column;
      column.times = [];
      column.values = [];
      column.lines = [];
      return { channel, field, times, values, lines };
    });
    const part = { fields, samples: this.#samples, values: this.#values, fieldsOfLine: this.#fieldsOfLine };
    this.#touched = [];
    this.#samples = 0;
    this.#values = 0;
    this.#fieldsOfLine = new Map();
    if (this.#columns.size > CHANNELS_KEPT) {
      this.#columns.clear();
      this.epoch++;
    }
    return part;
  }
}

export const tooOld = (rawFrom: Instant): string =>
  `older than ${new Date(rawFrom).toISOString()}, before which raw samples are no longer kept`;
