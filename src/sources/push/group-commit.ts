import type { Org } from '../../store/catalog.ts';
import { StoreUnavailable } from '../../store/engine.ts';
import type { Delivery } from './delivery.ts';

/** Numbers of one transaction: 100 to 200 ms of work, so that other writers get their turn. With half as many 150,000 a second were landed instead of 290,000, for waiting for the disk. */
const VALUES_AT_ONCE = 100_000;

interface Waiting {
  readonly delivery: Delivery;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lands what comes while a transaction runs together in the next one: waiting for the disk once, however many send small bodies. A body
 * is never kept waiting for others to come. Bodies of different orgs share none; the org whose body waits longest is next.
 */
export class GroupCommit {
  readonly #land: (org: Org, deliveries: readonly Delivery[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(land: (org: Org, deliveries: readonly Delivery[]) => Promise<void>) {
    this.#land = land;
  }

  /** Resolves once the delivery is durable; rejects when it was not stored. */
  land(delivery: Delivery): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject });
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined;
      });
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // What arrived in the same turn of the event loop is landed together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const { org, group } = this.#take();
      try {
        await this.#land(
          org,
          group.map(({ delivery }) => delivery),
        );
        for (const { resolve } of group) resolve();
      } catch (error) {
        if (group.length === 1 || error instanceof StoreUnavailable) for (const { reject } of group) reject(error);
        else await this.#oneByOne(org, group);
      }
    }
  }

  /** Something in one of them breaks the transaction: the others must not fall with it. */
  async #oneByOne(org: Org, group: readonly Waiting[]): Promise<void> {
    for (const { delivery, resolve, reject } of group) await this.#land(org, [delivery]).then(resolve, reject);
  }

  #take(): { readonly org: Org; readonly group: readonly Waiting[] } {
    const [first, ...others] = this.#waiting as [Waiting, ...Waiting[]];
    const { org } = first.delivery;
    const group = [first];
    const left: Waiting[] = [];
    let values = first.delivery.part.values;
    for (const waiting of others) {
      const { delivery } = waiting;
      values += delivery.org.number === org.number ? delivery.part.values : 0;
      // Once it is full nothing more is taken, for the parts of one body keep their order.
      const isTaken = delivery.org.number === org.number && values <= VALUES_AT_ONCE;
      (isTaken ? group : left).push(waiting);
    }
    this.#waiting = left;
    return { org, group };
  }
}
