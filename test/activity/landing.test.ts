import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activitySchema, type PairSettings } from '../../src/activity/activity-config.ts';
import type { LogEvent } from '../../src/activity/event.ts';
import { landEvents } from '../../src/activity/land-events.ts';
import { buildProjections, projectionsOf } from '../../src/activity/projections.ts';
import { QuantileSketch } from '../../src/domain/quantile-sketch.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { ACTIVITY_LEVELS, readEventCounts, readLatencies } from '../../src/store/activity-rollups.ts';
import { ensureOrg, type Org } from '../../src/store/catalog.ts';
import type { Database, Engine } from '../../src/store/engine.ts';
import { findEventStream, readEventsAfter } from '../../src/store/event-log.ts';
import { listOpenItems } from '../../src/store/pair-steps.ts';
import { readProjections } from '../../src/store/projections.ts';
import { ManualClock } from '../support/clock.ts';
import { onEachEngine } from '../support/engines.ts';
import { pairByBruteForce } from './brute-force.ts';

const NOW = Date.parse('2026-10-20T12:00:00Z');
const START = NOW - 3 * DAY;
const clock = new ManualClock(NOW);
const settings = activitySchema.parse(undefined);
const projections = projectionsOf(settings);
const [PAIR] = settings.pairs as [PairSettings];

const event = (id: string, type: string, at: number, over: Partial<LogEvent> = {}): LogEvent => ({
  id,
  stream: 'guild',
  type,
  actor: null,
  subject: null,
  at,
  attributes: '{}',
  ...over,
});

let orgs = 0;
const makeOrg = (engine: Engine): Promise<Org> => {
  const name = `activity-${orgs++}`;
  return engine.write(({ database }) => ensureOrg(database, name, name, NOW));
};

/** Few subjects, moderators and instants, so that everything that can meet does. */
const someEvent = (types: readonly string[]) =>
  fc
    .record({
      type: fc.constantFrom(...types),
      subject: fc.constantFrom('s1', 's2', 's3', null),
      actor: fc.constantFrom('m1', 'm2', null),
      minutes: fc.integer({ min: 0, max: 200 }),
    })
    .map(({ type, subject, actor, minutes }) => ({ type, subject, actor, at: START + minutes * 7 * MINUTE }));

const TYPES = ['app_submitted', 'claim', 'accept', 'reject'];
const logs = fc
  .array(someEvent(TYPES), { minLength: 1, maxLength: 60 })
  .map((events) => events.map(({ type, at, ...rest }, index) => event(`e${index}`, type, at, rest)));

/** A log in some order, cut into batches, with some of it sent twice. */
const deliveries = logs.chain((events) =>
  fc.tuple(
    fc.constant(events),
    fc
      .tuple(
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.subarray(events),
        fc.integer({ min: 1, max: 9 }),
      )
      .map(([all, twice, size]) => {
        const sent = [...all, ...twice];
        return Array.from({ length: Math.ceil(sent.length / size) }, (_, index) =>
          sent.slice(index * size, (index + 1) * size),
        );
      }),
  ),
);

async function expectState(database: Database, stream: number, events: readonly LogEvent[]): Promise<void> {
  const { answers, open } = pairByBruteForce(PAIR, events);
  for (const level of ACTIVITY_LEVELS) {
    const all = { level, buckets: { from: 0, to: NOW + DAY } };
    const counted = (of: readonly LogEvent[], actor: (one: LogEvent) => string) => {
      const counts = Map.groupBy(of, (one) => `${Math.floor(one.at / level) * level} ${actor(one)} ${one.type}`);
      return [...counts].map(([key, { length }]) => `${key} ${length}`).sort();
    };
    const stored = async (each: 'all' | 'actor') =>
      (await readEventCounts(database, stream, each, all))
        .map(({ at, actor, type, count }) => `${at} ${actor} ${type} ${count}`)
        .sort();
    expect(await stored('all')).toEqual(counted(events, () => ''));
    const byModerator = events.filter(({ actor, type }) => actor !== null && type !== 'app_submitted');
    expect(await stored('actor')).toEqual(counted(byModerator, ({ actor }) => actor as string));

    const expected = (each: 'all' | 'actor') => {
      const rows = new Map<string, QuantileSketch>();
      for (const { at, actor, latency } of answers) {
        if (each === 'actor' && actor === null) continue;
        const key = `${Math.floor(at / level) * level} ${each === 'all' ? '' : actor}`;
        const sketch = rows.get(key) ?? new QuantileSketch();
        sketch.add(latency);
        rows.set(key, sketch);
      }
      return [...rows].map(([key, sketch]) => `${key} ${sketch.count} ${sketch.sum} ${sketch.encode()}`).sort();
    };
    for (const each of ['all', 'actor'] as const) {
      const rows = await readLatencies(database, stream, PAIR.name, each, all);
      expect(
        rows.map(({ at, actor, count, sum, sketch }) => `${at} ${actor} ${count} ${sum} ${sketch}`).sort(),
      ).toEqual(expected(each));
    }
  }
  const items = await listOpenItems(database, stream, PAIR.name, 100);
  expect(new Map(items.map(({ subject, openAt }) => [subject, openAt]))).toEqual(open);
  const state = (await readProjections(database, stream)).find(({ name }) => name === `pair ${PAIR.name}`);
  expect(state?.open ?? 0).toBe(open.size);
}

onEachEngine((store, name) => {
  test('counts, latencies and open items of shuffled, repeated and late events are those of brute force', async () => {
    const { engine } = store();
    await fc.assert(
      fc.asyncProperty(deliveries, async ([events, batches]) => {
        const org = await makeOrg(engine);
        for (const batch of batches) await landEvents(engine, org, batch, projections, clock);
        const stream = await findEventStream(engine.reader, org.number, 'guild');
        expect(stream?.lastSeq).toBe(events.length);
        await expectState(engine.reader, stream?.number ?? 0, events);
      }),
      { numRuns: name === 'sqlite' ? 120 : 25 },
    );
  });

  test('a late event among hundreds of one subject changes what it must and no more', async () => {
    const { engine } = store();
    const org = await makeOrg(engine);
    const events = Array.from({ length: 700 }, (_, index) =>
      event(`k${index}`, index % 2 === 0 ? 'app_submitted' : 'reject', START + index * MINUTE, {
        subject: 'one',
        actor: index % 3 === 0 ? 'a' : 'b',
      }),
    );
    await landEvents(engine, org, events, projections, clock);
    const late = [
      event('late1', 'accept', START + 100.5 * MINUTE, { subject: 'one', actor: 'a' }),
      event('late2', 'accept', START + 650.5 * MINUTE, { subject: 'one', actor: 'c' }),
      event('late3', 'app_submitted', START - HOUR, { subject: 'one', actor: 'u' }),
    ];
    for (const one of late) await landEvents(engine, org, [one], projections, clock);
    const stream = await findEventStream(engine.reader, org.number, 'guild');
    await expectState(engine.reader, stream?.number ?? 0, [...events, ...late]);
  });

  test('an id names one event: the same again is a duplicate, another one is refused', async () => {
    const { engine } = store();
    const org = await makeOrg(engine);
    const first = event('1', 'claim', NOW, { actor: 'a' });
    const other = { ...first, actor: 'b' };
    expect(await landEvents(engine, org, [first, { ...first }, other], projections, clock)).toEqual([
      'accepted',
      'duplicate',
      { reason: expect.stringContaining('own id') },
    ]);
    expect(await landEvents(engine, org, [first, { ...first, stream: 'other' }], projections, clock)).toEqual([
      'duplicate',
      'accepted',
    ]);
  });

  test('sequence numbers leave none out, and a reader that follows them misses none, while processes write', async () => {
    const { engine, reopen } = store();
    const org = await makeOrg(engine);
    const other = await reopen();
    const total = 120;
    const write = (on: Engine, of: string) =>
      Promise.all(
        Array.from({ length: total / 2 }, (_, index) =>
          landEvents(on, org, [event(`${of}${index}`, 'claim', NOW)], projections, clock),
        ),
      );
    const seen: number[] = [];
    const follow = async (): Promise<void> => {
      let number: number | undefined;
      while (seen.length < total) {
        number ??= (await findEventStream(other.reader, org.number, 'guild'))?.number;
        if (number !== undefined)
          for (const { seq } of await readEventsAfter(other.reader, number, seen.at(-1) ?? 0, 7)) seen.push(seq);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([write(engine, 'a'), write(other, 'b'), follow()]);
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  });

  test('a changed pair is built anew from the log, a new one is built, one taken away is forgotten', async () => {
    const { engine } = store();
    const org = await makeOrg(engine);
    const events = Array.from({ length: 50 }, (_, index) =>
      event(`b${index}`, TYPES[index % 4] as string, START + index * MINUTE, { subject: `s${index % 5}`, actor: 'm' }),
    );
    const narrow = projectionsOf({
      pairs: [
        { ...PAIR, to: ['accept'] },
        { ...PAIR, name: 'gone' },
      ],
    });
    await landEvents(engine, org, events.slice(0, 30), narrow, clock);
    // This landing cannot take anything up: it speaks of another pair.
    await landEvents(engine, org, events.slice(30), projections, clock);
    await buildProjections(engine, projections, clock);
    const stream = await findEventStream(engine.reader, org.number, 'guild');
    await expectState(engine.reader, stream?.number ?? 0, events);
    const states = await readProjections(engine.reader, stream?.number ?? 0);
    expect(states.map(({ name }) => name).sort()).toEqual(['counts', 'pair answer']);
    expect(states.every(({ seq }) => seq === 50)).toBe(true);
    await landEvents(engine, org, [event('after', 'accept', NOW, { subject: 's1' })], projections, clock);
    await expectState(engine.reader, stream?.number ?? 0, [
      ...events,
      event('after', 'accept', NOW, { subject: 's1' }),
    ]);
  });
});
