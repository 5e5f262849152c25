import type { Clock } from '../domain/time.ts';
import type { Engine, Writer } from '../store/engine.ts';
import {
  type EventStream,
  holdEventStream,
  listStreamsOfAll,
  readEventsAfter,
  type StoredEvent,
} from '../store/event-log.ts';
import { type ProjectionState, readProjections, removeProjection, writeProjection } from '../store/projections.ts';
import type { ActivitySettings } from './activity-config.ts';
import { countingOf } from './count-events.ts';
import { PAIR_PREFIX, pairingOf } from './pair-events.ts';
import type { Projection } from './projection.ts';

export const projectionsOf = ({ pairs }: Pick<ActivitySettings, 'pairs'>): readonly Projection[] => [
  countingOf(pairs),
  ...pairs.map(pairingOf),
];

/** Takes freshly appended events up into whatever has all events before them. The stream is held. */
export async function takeUp(
  writer: Writer,
  stream: EventStream,
  events: readonly StoredEvent[],
  projections: readonly Projection[],
): Promise<void> {
  const last = events.at(-1);
  if (!last) return;
  const states = await readProjections(writer.database, stream.number);
  for (const projection of projections) {
    const state =
      states.find(({ name }) => name === projection.name) ?? (stream.lastSeq === 0 ? begun(projection) : undefined);
    if (state?.definition !== projection.definition || state.seq !== stream.lastSeq) continue;
    const grown = await projection.apply(writer, stream.number, events);
    await writeProjection(writer.database, stream.number, { ...state, seq: last.seq, open: state.open + grown });
  }
}

const begun = ({ name, definition }: Projection): ProjectionState => ({ name, definition, seq: 0, open: 0 });

/** Events of one transaction while a projection is built. */
const BATCH = 2_000;

/**
 * Builds what is behind, of every stream: new pairs, changed ones, and those whose landings met another definition. Takes away what is no
 * longer asked for. Stops between two transactions when `signal` is aborted.
 */
export async function buildProjections(
  engine: Engine,
  projections: readonly Projection[],
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  for (const { number, org, name, last_seq } of await listStreamsOfAll(engine.reader)) {
    // Looked at without holding anybody up, since hardly ever anything is behind.
    let isBehind = isUnfinished(await readProjections(engine.reader, number), projections, last_seq);
    while (isBehind && !signal?.aborted) {
      isBehind = await engine.write(async (writer) =>
        buildStep(writer, await holdEventStream(writer, org, name, clock.now()), projections),
      );
    }
  }
}

const isUnfinished = (
  states: readonly ProjectionState[],
  projections: readonly Projection[],
  lastSeq: number,
): boolean =>
  states.length !== projections.length ||
  projections.some(({ name, definition }) => {
    const state = states.find((one) => one.name === name);
    return state?.definition !== definition || state.seq < lastSeq;
  });

/** One transaction's worth; returns whether there may be more. */
async function buildStep(writer: Writer, stream: EventStream, projections: readonly Projection[]): Promise<boolean> {
  const { database } = writer;
  const states = await readProjections(database, stream.number);
  for (const { name } of states) {
    if (!projections.some((projection) => projection.name === name)) {
      if (name.startsWith(PAIR_PREFIX))
        await pairingOf({ name: name.slice(PAIR_PREFIX.length), from: '', to: [] }).clear(database, stream.number);
      await removeProjection(database, stream.number, name);
      return true;
    }
  }
  for (const projection of projections) {
    const state = states.find(({ name }) => name === projection.name);
    if (state?.definition !== projection.definition) {
      await projection.clear(database, stream.number);
      await writeProjection(database, stream.number, begun(projection));
      return true;
    }
    if (state.seq >= stream.lastSeq) continue;
    const events = await readEventsAfter(database, stream.number, state.seq, BATCH);
    const grown = await projection.apply(writer, stream.number, events);
    const seq = events.at(-1)?.seq ?? stream.lastSeq;
    await writeProjection(database, stream.number, { ...state, seq, open: state.open + grown });
    return true;
  }
  return false;
}
