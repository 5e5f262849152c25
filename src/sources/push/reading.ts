import type { Instant } from '../../domain/time.ts';
import type { Org } from '../../store/catalog.ts';
import { Batch } from './batch.ts';
import type { Channels } from './channels.ts';
import { Delivery } from './delivery.ts';
import { defaultPrecision, type Format, parserOf } from './formats.ts';
import type { GroupCommit } from './group-commit.ts';
import { BodyProblem, type SampleParser } from './parser.ts';
import { type Report, Tally } from './report.ts';
import type { Precision } from './stamps.ts';

/** A body may unpack to this many bytes, and no more of a larger one are taken. */
export const LARGEST_BODY = 50 * 1024 * 1024;

/** Numbers of a large body that are landed at once. */
const VALUES_OF_PART = 50_000;

/** How the samples of a body are to be read. */
export interface ReadingOptions {
  /** Undefined: by the first character of the body, brackets and braces being JSON. */
  readonly format: Format | undefined;
  /** Undefined: the usual one of the format. */
  readonly precision: Precision | undefined;
  /** Names the sender of every sample. */
  readonly device: string | undefined;
  readonly sentAt: Instant | undefined;
}

/** Reads one body and lands it, in parts when it is large. What was landed stays, however the rest ends. */
export class BodyReading {
  readonly #org: Org;
  readonly #channels: Channels;
  readonly #arrivedAt: Instant;
  readonly #tally = new Tally();
  readonly #decoder = new TextDecoder();
  readonly #commits: GroupCommit;
  readonly #options: ReadingOptions;
  #bytes = 0;
  #begun: { readonly batch: Batch; readonly parser: SampleParser } | undefined;

  /** `channels` are those that were seen of the org. */
  constructor(org: Org, channels: Channels, commits: GroupCommit, options: ReadingOptions, now: Instant) {
    this.#org = org;
    this.#channels = channels;
    this.#commits = commits;
    this.#options = options;
    this.#arrivedAt = now;
  }

  report(): Report {
    return this.#tally.report();
  }

  /** Takes the next unpacked bytes. Throws `BodyProblem`, which a `BodyTooLarge` is too, and `StoreUnavailable`. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length;
    if (this.#bytes > LARGEST_BODY) throw new BodyTooLarge();
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return;
    const { batch, parser } = this.#begin(text);
    parser.write(text);
    if (batch.size >= VALUES_OF_PART) await this.flush();
  }

  /** The body was whole. Throws as `write` does. */
  async end(): Promise<void> {
    const text = this.#decoder.decode();
    const { parser } = this.#begin(text);
    try {
      parser.write(text);
      parser.end();
    } finally {
      await this.flush();
    }
  }

  /** Lands the whole lines that were read. */
  async flush(): Promise<void> {
    const batch = this.#begun?.batch;
    if (!batch || batch.size === 0) return;
    const delivery = new Delivery(this.#org, batch.take(), this.#tally, this.#arrivedAt, this.#options.sentAt);
    await this.#commits.land(delivery);
    if (delivery.refused.size > 0) batch.refuse(delivery.refused);
  }

  #begin(text: string): { readonly batch: Batch; readonly parser: SampleParser } {
    if (this.#begun) return this.#begun;
    const { device, format = /^\s*[[{]/.test(text) ? 'json' : 'line', precision } = this.#options;
    const options = { device, precision: precision ?? defaultPrecision(format), now: this.#arrivedAt };
    const batch = new Batch(this.#channels, this.#tally, options);
    this.#begun = { batch, parser: parserOf(format, batch) };
    return this.#begun;
  }
}

/** The body has more bytes than one may have. */
export class BodyTooLarge extends BodyProblem {
  constructor() {
    super(`the body has more than ${LARGEST_BODY / 2 ** 20} MiB unpacked; send the rest in further ones`);
  }
}
