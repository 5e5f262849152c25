import type { Clock, Instant } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine, Writer } from '../store/engine.ts';
import { appendEvents, findEventsById, holdEventStream, type StoredEvent } from '../store/event-log.ts';
import type { LogEvent, Refused } from './event.ts';
import type { Projection } from './projection.ts';
import { takeUp } from './projections.ts';

/** What became of an event: it is stored now, was stored already, or is refused. */
export type Outcome = 'accepted' | 'duplicate' | Refused;

/**
 * Lands events in one transaction: the log, its counts and its latencies. The same event twice is stored once; another event under the id
 * of a stored one is refused. Returns what became of each, in their order. Throws `StoreUnavailable`; then nothing was written.
 */
export async function landEvents(
  engine: Engine,
  org: Org,
  events: readonly LogEvent[],
  projections: readonly Projection[],
  clock: Clock,
): Promise<readonly Outcome[]> {
  const byStream = Map.groupBy(events, ({ stream }) => stream);
  // Writers of several streams take them in one order, or they could wait for each other for ever.
  const names = [...byStream.keys()].sort();
  return engine.write(async (writer) => {
    const now = clock.now();
    const outcomes = new Map<LogEvent, Outcome>();
    for (const name of names)
      await landInStream(writer, org, name, byStream.get(name) ?? [], projections, now, outcomes);
    return events.map((event) => outcomes.get(event) as Outcome);
  });
}

async function landInStream(
  writer: Writer,
  org: Org,
  name: string,
  events: readonly LogEvent[],
  projections: readonly Projection[],
  now: Instant,
  outcomes: Map<LogEvent, Outcome>,
): Promise<void> {
  const stream = await holdEventStream(writer, org.number, name, now);
  const ids = [...new Set(events.map(({ id }) => id))];
  const known = new Map<string, Comparable>(await findEventsById(writer.database, stream.number, ids));
  const fresh: StoredEvent[] = [];
  for (const event of events) {
    const there = known.get(event.id);
    if (there) {
      outcomes.set(event, isSame(there, event) ? 'duplicate' : { reason: OTHER });
      continue;
    }
    known.set(event.id, event);
    const { stream: _, ...stored } = event;
    fresh.push({ ...stored, seq: stream.lastSeq + fresh.length + 1, landedAt: now });
    outcomes.set(event, 'accepted');
  }
  await appendEvents(writer, stream, fresh);
  await takeUp(writer, stream, fresh, projections);
}

type Comparable = Omit<LogEvent, 'stream'>;

const OTHER = 'another event is stored under this id; what happened does not change, so give the new one its own id';

const isSame = (left: Comparable, right: Comparable): boolean =>
  left.at === right.at &&
  left.type === right.type &&
  left.actor === right.actor &&
  left.subject === right.subject &&
  left.attributes === right.attributes;
