import type { Instant } from '../../domain/time.ts';
import type { Org } from '../../store/catalog.ts';
import { type FieldSamples, type Part, tooOld } from './batch.ts';
import type { Field } from './channels.ts';
import type { Tally } from './report.ts';

/** A part of a body on its way into the store. */
export class Delivery {
  readonly org: Org;
  readonly part: Part;
  readonly tally: Tally;
  readonly arrivedAt: Instant;
  /** When the sender says that it sent it, by its own clock. */
  readonly sentAt: Instant | undefined;
  /** Fields that got no series, and why. */
  readonly refused = new Map<Field, string>();
  newSeries = 0;
  #lost = 0;
  #lostValues = 0;

  constructor(org: Org, part: Part, tally: Tally, arrivedAt: Instant, sentAt: Instant | undefined) {
    this.org = org;
    this.part = part;
    this.tally = tally;
    this.arrivedAt = arrivedAt;
    this.sentAt = sentAt;
  }

  /** The samples that can be kept, now that is known what the store takes; the others are rejected line by line. */
  sift(): readonly FieldSamples[] {
    const lostOfLine = new Map<number, number>();
    const lose = (line: number, reason: string): void => {
      this.tally.reject(line, reason);
      lostOfLine.set(line, (lostOfLine.get(line) ?? 0) + 1);
      this.#lostValues++;
    };
    const kept = this.part.fields.flatMap((samples): FieldSamples[] => {
      const { channel, field, times, values, lines } = samples;
      const { rawFrom } = channel.device;
      const refusal = this.refused.get(field);
      // Where the lines of some are not known, the device was trimmed for the first time while they were read.
      const hasLines = lines.length === times.length;
      if (refusal === undefined && (!hasLines || times.every((time) => time >= rawFrom))) return [samples];
      const rows = refusal === undefined ? [...times.keys()].filter((row) => (times[row] as Instant) >= rawFrom) : [];
      const isKept = new Set(rows);
      for (const [row, line] of lines.entries()) if (!isKept.has(row)) lose(line, refusal ?? tooOld(rawFrom));
      if (rows.length === 0) return [];
      const pick = <Value>(all: readonly Value[]): Value[] => rows.map((row) => all[row] as Value);
      return [{ channel, field, times: pick(times), values: pick(values), lines: pick(lines) }];
    });
    for (const [line, lost] of lostOfLine) if (lost === this.part.fieldsOfLine.get(line)) this.#lost++;
    return kept;
  }

  /** Counts what is stored now. */
  settle(): void {
    this.tally.accepted += this.part.samples - this.#lost;
    this.tally.values += this.part.values - this.#lostValues;
    this.tally.newSeries += this.newSeries;
  }
}
