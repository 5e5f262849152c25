import { type Clock, floorTo, HOUR, type Instant } from '../../domain/time.ts';
import { close } from '../../history/close.ts';
import { listSources, type Org } from '../../store/catalog.ts';
import type { Engine } from '../../store/engine.ts';
import { readLedger } from '../../store/knowledge.ts';
import { listOrgs } from '../../store/orgs.ts';

const HOLE = 'nothing was received';

/**
 * Closes the hours of the devices of all orgs that are over for longer than the grace, up to the hour of the newest sample: the hours of an outage stay open, and what
 * a sender kept back meanwhile fills them without a restatement.
 */
export class DeviceClosing {
  readonly #engine: Engine;
  readonly #grace: number;
  readonly #clock: Clock;
  /** Up to where each device is known to be closed, so that a minute without a new hour costs one look. */
  readonly #closedTo = new Map<number, Instant>();

  constructor(engine: Engine, grace: number, clock: Clock) {
    this.#engine = engine;
    this.#grace = grace;
    this.#clock = clock;
  }

  async closeHours(): Promise<void> {
    const { reader } = this.#engine;
    const over = floorTo(this.#clock.now() - this.#grace, HOUR);
    const newest = await reader
      .selectFrom('series')
      .innerJoin('source', 'source.number', 'series.source')
      .select(({ fn }) => ['source.number', 'source.org', fn.max('series.last_at').as('at')])
      .where('source.kind', '=', 'push')
      .groupBy(['source.number', 'source.org'])
      .execute();
    const due = new Map<number, Instant>();
    const orgs = new Set<number>();
    for (const { number, org, at } of newest) {
      const to = at === null ? 0 : Math.min(over, floorTo(Number(at), HOUR));
      if (to <= (this.#closedTo.get(number) ?? 0)) continue;
      due.set(number, to);
      orgs.add(org);
    }
    if (due.size === 0) return;
    for (const org of await listOrgs(reader)) if (orgs.has(org.number)) await this.#closeDue(org, due);
  }

  async #closeDue(org: Org, due: ReadonlyMap<number, Instant>): Promise<void> {
    const { reader } = this.#engine;
    for (const source of await listSources(reader, org.number)) {
      const to = due.get(source.number);
      if (to === undefined) continue;
      const [first] = await readLedger(reader, source.number);
      if (first) {
        const range = { from: floorTo(first.from, HOUR), to };
        if (range.from < to) await close(this.#engine, org, source, range, this.#clock, HOLE);
      }
      this.#closedTo.set(source.number, to);
    }
  }
}
