import { QuantileSketch } from '../domain/quantile-sketch.ts';
import { floorTo, type Instant } from '../domain/time.ts';
import {
  ACTIVITY_LEVELS,
  clearLatencies,
  readLatencies,
  type StoredLatency,
  writeLatencies,
} from '../store/activity-rollups.ts';
import type { Writer } from '../store/engine.ts';
import type { StoredEvent } from '../store/event-log.ts';
import {
  clearPair,
  readSubjectHeads,
  type StoredStep,
  type SubjectHead,
  writeSteps,
  writeSubjectHeads,
} from '../store/pair-steps.ts';
import type { PairSettings } from './activity-config.ts';
import { compareSteps, type MatchedStep, type Step } from './pairs.ts';
import type { Projection } from './projection.ts';
import { rematch, type StepChange } from './rematch.ts';

/** Begins the names of projections of pairs. */
export const PAIR_PREFIX = 'pair ';

/** Finds the answers to what was asked, subject by subject, and keeps how long they took. */
export function pairingOf({ name, from, to }: PairSettings): Projection {
  const closers = new Set(to);
  const stepOf = (event: StoredEvent): Step | undefined => {
    const kind = event.type === from ? 'open' : closers.has(event.type) ? 'close' : undefined;
    return kind && { at: event.at, kind, event: event.id, actor: event.actor };
  };
  return {
    name: `${PAIR_PREFIX}${name}`,
    definition: `${from} to ${[...closers].sort().join(' ')}`,
    apply: async (writer, stream, events) => {
      const bySubject = new Map<string, Step[]>();
      for (const event of events) {
        const step = event.subject === null ? undefined : stepOf(event);
        if (!step) continue;
        const subject = event.subject as string;
        const steps = bySubject.get(subject);
        if (steps) steps.push(step);
        else bySubject.set(subject, [step]);
      }
      if (bySubject.size === 0) return 0;
      return applySteps(writer, stream, name, bySubject);
    },
    clear: async (database, stream) => {
      await clearPair(database, stream, name);
      await clearLatencies(database, stream, name);
    },
  };
}

async function applySteps(
  writer: Writer,
  stream: number,
  pair: string,
  bySubject: ReadonlyMap<string, Step[]>,
): Promise<number> {
  const heads = await readSubjectHeads(writer.database, stream, pair, [...bySubject.keys()]);
  const steps: StoredStep[] = [];
  const newHeads: SubjectHead[] = [];
  const deltas = new LatencyDeltas();
  let grown = 0;
  for (const [subject, added] of bySubject) {
    const head = heads.get(subject);
    const { changes, last } = await rematch(writer.database, { stream, pair, subject }, head, added.sort(compareSteps));
    for (const { before, after } of changes) {
      steps.push(storedStep(subject, after));
      if (before?.latency === after.latency) continue;
      if (typeof before?.latency === 'number') deltas.add(after, before.latency, -1);
      if (after.latency !== null) deltas.add(after, after.latency, 1);
    }
    if (!last) continue;
    const { actor: _, latency: __, ...newHead } = storedStep(subject, last);
    newHeads.push(newHead);
    grown += Number(last.after !== null) - Number(head !== undefined && head.openAt !== null);
  }
  await writeSteps(writer, stream, pair, steps);
  await writeSubjectHeads(writer, stream, pair, newHeads);
  await deltas.write(writer, stream, pair);
  return grown;
}

const storedStep = (subject: string, { at, kind, event, actor, after, latency }: MatchedStep): StoredStep => ({
  subject,
  at,
  place: kind === 'open' ? 0 : 1,
  event,
  actor,
  openAt: after?.at ?? null,
  openActor: after?.actor ?? null,
  latency,
});

/** What comes into the latencies of each bucket, and what is taken out again. */
class LatencyDeltas {
  readonly #byLevel = new Map<string, { level: number; each: 'all' | 'actor'; rows: Map<string, Delta> }>();

  add({ at, actor }: StepChange['after'], latency: number, weight: number): void {
    for (const level of ACTIVITY_LEVELS) {
      this.#add(level, 'all', floorTo(at, level), '', latency, weight);
      if (actor !== null) this.#add(level, 'actor', floorTo(at, level), actor, latency, weight);
    }
  }

  #add(level: number, each: 'all' | 'actor', at: Instant, actor: string, latency: number, weight: number): void {
    const group = this.#byLevel.get(`${level} ${each}`) ?? { level, each, rows: new Map<string, Delta>() };
    this.#byLevel.set(`${level} ${each}`, group);
    const delta = group.rows.get(`${at} ${actor}`) ?? { at, actor, sketch: new QuantileSketch() };
    group.rows.set(`${at} ${actor}`, delta);
    delta.sketch.add(latency, weight);
  }

  async write(writer: Writer, stream: number, pair: string): Promise<void> {
    const written: StoredLatency[] = [];
    for (const { level, each, rows } of this.#byLevel.values()) {
      const buckets = [...new Set(Array.from(rows.values(), ({ at }) => at))];
      for (let start = 0; start < buckets.length; start += 500) {
        const chunk = { level, buckets: buckets.slice(start, start + 500) };
        for (const row of await readLatencies(writer.database, stream, pair, each, chunk))
          rows.get(`${row.at} ${row.actor}`)?.sketch.mergeEncoded(row.sketch, row.sum);
      }
      for (const { at, actor, sketch } of rows.values())
        written.push({ level, at, actor, count: sketch.count, sum: sketch.sum, sketch: sketch.encode() });
    }
    await writeLatencies(writer, stream, pair, written);
  }
}

interface Delta {
  readonly at: Instant;
  readonly actor: string;
  readonly sketch: QuantileSketch;
}
