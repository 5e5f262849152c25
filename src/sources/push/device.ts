import { CadenceLearner } from '../../domain/cadence.ts';
import type { Instant } from '../../domain/time.ts';
import type { Source } from '../../store/catalog.ts';

/** Stamps of that many channels are remembered of a device, to know the distance to the next one. */
const CHANNELS = 1_000;

/** A sender, as this process knows it: its source in the store once it has one, and what is being learned of it. */
export class Device {
  readonly name: string;
  source: Source | undefined;
  /** Samples before this instant can no longer be kept. */
  rawFrom: Instant = Number.NEGATIVE_INFINITY;
  #learner = new CadenceLearner(null);
  readonly #newest = new Map<string, Instant>();

  constructor(name: string) {
    this.name = name;
  }

  /** Takes over what the store holds. */
  know(source: Source): void {
    if (this.source === undefined) this.#learner = new CadenceLearner(source.cadence);
    this.source = source;
    this.rawFrom = source.rawFrom ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether the store no longer keeps some of its samples: then each line may be one that comes too late. */
  get isTrimmed(): boolean {
    return this.rawFrom > Number.NEGATIVE_INFINITY;
  }

  get cadence(): number | null {
    return this.#learner.cadence;
  }

  /** Learns from the sorted stamps of one of its channels. */
  learn(channel: string, stamps: ArrayLike<Instant>): void {
    const last = stamps[stamps.length - 1];
    if (last === undefined) return;
    const distances: number[] = [];
    let before = this.#newest.get(channel) ?? Number.POSITIVE_INFINITY;
    for (let index = 0; index < stamps.length; index++) {
      const stamp = stamps[index] as Instant;
      if (stamp > before) distances.push(stamp - before);
      before = stamp;
    }
    this.#learner.add(distances);
    if (last > (this.#newest.get(channel) ?? Number.NEGATIVE_INFINITY)) {
      if (this.#newest.size >= CHANNELS) this.#newest.delete(this.#newest.keys().next().value as string);
      this.#newest.set(channel, last);
    }
  }
}
