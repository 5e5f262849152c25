import type { Clock } from '../../domain/time.ts';
import { Batch } from '../../sources/push/batch.ts';
import { Channels } from '../../sources/push/channels.ts';
import { defaultPrecision, type Format, parserOf } from '../../sources/push/formats.ts';
import { BodyProblem } from '../../sources/push/parser.ts';
import { type Report, Tally } from '../../sources/push/report.ts';
import type { Precision } from '../../sources/push/stamps.ts';
import { Failure } from '../failure.ts';

/** Reads bodies as the server would, by the same parsers, and keeps nothing of them. */
export class DryRun {
  readonly #channels = new Channels();
  readonly #seen = new Set<string>();
  readonly #format: Format;
  readonly #device: string | undefined;
  readonly #precision: Precision;
  readonly #clock: Clock;

  constructor(format: Format, device: string | undefined, precision: Precision | undefined, clock: Clock) {
    this.#format = format === 'json' ? 'ndjson' : format;
    this.#device = device;
    this.#precision = precision ?? defaultPrecision(format);
    this.#clock = clock;
  }

  /** `newSeries` are those that were not seen before in this run. */
  read(body: string): Report {
    const tally = new Tally();
    const options = { device: this.#device, precision: this.#precision, now: this.#clock.now() };
    const batch = new Batch(this.#channels, tally, options);
    const parser = parserOf(this.#format, batch);
    try {
      parser.write(body);
      parser.end();
    } catch (error) {
      if (error instanceof BodyProblem) throw new Failure(error.message);
      throw error;
    }
    const { samples, values, fields } = batch.take();
    tally.accepted = samples;
    tally.values = values;
    for (const { field, channel } of fields) {
      const key = `${field.name} ${channel.key}`;
      if (!this.#seen.has(key)) tally.newSeries++;
      this.#seen.add(key);
    }
    return tally.report();
  }
}
