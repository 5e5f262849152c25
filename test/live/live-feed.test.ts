import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BACKLOG_LIMIT } from '../../src/live/connection.ts';
import { LiveFeed } from '../../src/live/live-feed.ts';
import type { Org } from '../../src/store/catalog.ts';
import { ensureOrg } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { appendToFeed, trimFeed } from '../../src/store/feed.ts';
import { ManualClock } from '../support/clock.ts';
import { onEachEngine } from '../support/engines.ts';
import { RecordingOutlet } from './recording-outlet.ts';

const NOW = Date.parse('2026-04-02T10:00:00Z');
const fail = (error: unknown): void => {
  throw error;
};

let names = 0;
async function makeFeed(engine: Engine): Promise<{ feed: LiveFeed; org: Org; clock: ManualClock; append: Append }> {
  const name = `feed-${names++}`;
  const org = await engine.write(({ database }) => ensureOrg(database, name, name, NOW));
  const clock = new ManualClock(NOW);
  return { feed: new LiveFeed(engine, org, clock, fail), org, clock, append: appender(engine, org, clock) };
}

/** Appends one event whose payload holds the number, by a commit of its own. */
type Append = (number: number) => Promise<void>;

const appender =
  (engine: Engine, org: Org, clock: ManualClock): Append =>
  (number) =>
    engine.write((writer) => appendToFeed(writer, org.number, 'source', { source: `${number}` }, clock.now()));

const numbers = (outlet: RecordingOutlet): number[] => outlet.events.map(({ payload }) => Number(payload.source));

async function connect(feed: LiveFeed, after?: number): Promise<{ outlet: RecordingOutlet; leave: () => void }> {
  const outlet = new RecordingOutlet();
  return { outlet, leave: feed.connect(outlet, await feed.position(after)) };
}

onEachEngine((store) => {
  test('a stream begins with hello and tells what comes after it', async () => {
    const { feed, append } = await makeFeed(store().engine);
    await append(1);
    const { outlet, leave } = await connect(feed);
    expect(outlet.messages).toMatchObject([{ event: 'hello' }]);
    await append(2);
    await append(3);
    await expect.poll(() => numbers(outlet)).toEqual([2, 3]);
    expect(outlet.messages.map(({ event }) => event)).toEqual(['hello', 'source', 'source']);
    expect(outlet.messages[2]?.id).toBe(outlet.events[1]?.seq);
    leave();
    expect(feed.size).toBe(0);
  });

  test('hello gives a cursor that leaves no gap', async () => {
    const { feed, append } = await makeFeed(store().engine);
    await append(1);
    const first = await connect(feed);
    const cursor = Number(first.outlet.messages[0]?.id);
    first.leave();
    await append(2);
    const { outlet } = await connect(feed, cursor);
    await expect.poll(() => numbers(outlet)).toEqual([2]);
    feed.close();
  });

  test('who comes back with an old cursor catches up through many batches, then hears the new', async () => {
    const { engine } = store();
    const { feed, org, clock, append } = await makeFeed(engine);
    await append(0);
    const { cursor } = await feed.position(undefined);
    await engine.write(async (writer) => {
      for (let number = 1; number <= 1_700; number++) {
        await appendToFeed(writer, org.number, 'source', { source: `${number}` }, clock.now());
      }
    });
    const late = await connect(feed, cursor);
    const fresh = await connect(feed);
    await append(1_701);
    await expect.poll(() => numbers(late.outlet).length).toBe(1_701);
    expect(numbers(late.outlet)).toEqual([...Array(1_701).keys()].map((index) => index + 1));
    await expect.poll(() => numbers(fresh.outlet)).toEqual([1_701]);
    feed.close();
  });

  test('another process wakes the stream too, and other orgs stay unheard', async () => {
    const { engine, reopen } = store();
    const { feed, org, clock } = await makeFeed(engine);
    const other = await makeFeed(engine);
    const { outlet } = await connect(feed);
    const elsewhere = await reopen();
    await other.append(99);
    await appender(elsewhere, org, clock)(7);
    await expect.poll(() => numbers(outlet)).toEqual([7]);
    feed.close();
  });

  test('a cursor older than the feed, or never given out, gets a reset with a new place', async () => {
    const { engine } = store();
    const { feed, clock, append } = await makeFeed(engine);
    await append(1);
    const { cursor } = await feed.position(undefined);
    await append(2);
    clock.advance(1_000);
    await append(3);
    await engine.write(({ database }) => trimFeed(database, clock.now()));
    const old = await connect(feed, cursor - 1);
    expect(old.outlet.messages.map(({ event }) => event)).toEqual(['hello', 'reset']);
    expect(old.outlet.messages[1]?.data).toMatchObject({ reason: 'cursor-too-old' });
    const unknown = await connect(feed, cursor + 1_000_000);
    expect(unknown.outlet.messages[1]?.data).toMatchObject({ reason: 'cursor-unknown' });
    await append(4);
    await expect.poll(() => numbers(old.outlet)).toEqual([4]);
    await expect.poll(() => numbers(unknown.outlet)).toEqual([4]);
    feed.close();
  });

  test('all streams share one heart and one reading of each event', async () => {
    const { engine } = store();
    let queries = 0;
    const counted = new Proxy(engine, {
      get: (target, name) => {
        if (name === 'reader') queries++;
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const { org, clock, append } = await makeFeed(engine);
    const feed = new LiveFeed(counted, org, clock, fail);
    const outlets = await Promise.all([...Array(40)].map(async () => (await connect(feed)).outlet));
    expect(clock.waiting).toBe(1);
    clock.advance(20_000);
    clock.advance(20_000);
    for (const outlet of outlets) expect(outlet.heartbeats).toBe(2);
    await expect.poll(() => outlets.every((outlet) => numbers(outlet).length === 0)).toBe(true);
    queries = 0;
    await append(1);
    await expect.poll(() => outlets.every((outlet) => numbers(outlet).length === 1)).toBe(true);
    // One engine announces a commit twice; forty streams would have asked forty times.
    expect(queries).toBeLessThanOrEqual(4);
    feed.close();
    expect(clock.waiting).toBe(0);
    expect(outlets.every(({ ended }) => ended)).toBe(true);
  });

  test('a slow reader is told and cut off; it comes back where it stood and has lost nothing', async () => {
    const { feed, clock, append } = await makeFeed(store().engine);
    const { outlet } = await connect(feed);
    const brisk = (await connect(feed)).outlet;
    await append(1);
    await expect.poll(() => numbers(outlet)).toEqual([1]);
    outlet.backlog = BACKLOG_LIMIT + 1;
    await append(2);
    await expect.poll(() => numbers(brisk)).toEqual([1, 2]);
    clock.advance(20_000);
    expect([outlet.heartbeats, brisk.heartbeats]).toEqual([0, 1]);
    clock.advance(11_000);
    expect(outlet.ended).toBe(true);
    expect(outlet.messages.at(-1)).toMatchObject({ event: 'reset', data: { reason: 'slow-reader' }, id: undefined });
    expect(numbers(outlet)).toEqual([1]);
    const again = (await connect(feed, outlet.events.at(-1)?.seq)).outlet;
    await expect.poll(() => numbers(again)).toEqual([2]);
    feed.close();
  });

  test('a reader that falls behind for a moment is given the rest when it has room', async () => {
    const { feed, append } = await makeFeed(store().engine);
    const { outlet } = await connect(feed);
    const brisk = (await connect(feed)).outlet;
    await append(1);
    await expect.poll(() => numbers(outlet)).toEqual([1]);
    outlet.backlog = BACKLOG_LIMIT + 1;
    for (const number of [2, 3, 4]) await append(number);
    await expect.poll(() => numbers(brisk)).toEqual([1, 2, 3, 4]);
    expect(numbers(outlet)).toEqual([1]);
    outlet.drain();
    await expect.poll(() => numbers(outlet)).toEqual([1, 2, 3, 4]);
    await append(5);
    await expect.poll(() => numbers(outlet)).toEqual([1, 2, 3, 4, 5]);
    feed.close();
  });

  test('a reader that takes nothing while it catches up is cut off in the end', async () => {
    const { feed, clock, append } = await makeFeed(store().engine);
    await append(0);
    const { cursor } = await feed.position(undefined);
    await append(1);
    const outlet = new RecordingOutlet();
    outlet.backlog = 1;
    feed.connect(outlet, await feed.position(cursor));
    // The heart, and the patience with this reader.
    await expect.poll(() => clock.waiting).toBe(2);
    clock.advance(31_000);
    expect(outlet.ended).toBe(true);
    expect(outlet.messages.map(({ event }) => event)).toEqual(['hello', 'reset']);
    feed.close();
  });

  test('a reader that reconnects at random hears every event once, in order, while writers land', async () => {
    const { engine, reopen } = store();
    const elsewhere = await reopen();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ stay: fc.integer({ min: 0, max: 15 }), away: fc.integer({ min: 0, max: 15 }) }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.integer({ min: 5, max: 60 }),
        async (breaks, count) => {
          const { feed, org, clock, append } = await makeFeed(engine);
          await append(0);
          let { cursor } = await feed.position(undefined);
          const foreign = appender(elsewhere, org, clock);
          const writing = Promise.all(
            [...Array(count).keys()].map((index) => (index % 3 === 0 ? foreign(index + 1) : append(index + 1))),
          );
          const heard: number[] = [];
          const places: number[] = [];
          const take = (outlet: RecordingOutlet): void => {
            heard.push(...numbers(outlet));
            places.push(...outlet.events.map(({ seq }) => seq));
            cursor = places.at(-1) ?? cursor;
          };
          for (const { stay, away } of breaks) {
            const { outlet, leave } = await connect(feed, cursor);
            await pause(stay);
            leave();
            take(outlet);
            await pause(away);
          }
          await writing;
          const { outlet } = await connect(feed, cursor);
          await expect.poll(() => heard.length + outlet.events.length, { timeout: 5_000 }).toBe(count);
          take(outlet);
          expect(heard.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()].map((index) => index + 1));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          expect(outlet.messages.some(({ event }) => event === 'reset')).toBe(false);
          feed.close();
        },
      ),
      { numRuns: 15 },
    );
  });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
