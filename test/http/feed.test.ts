import { expect, test } from 'vitest';
import { MINUTE } from '../../src/domain/time.ts';
import type { RangeBody } from '../../src/http/contract.ts';
import { appendToFeed, trimFeed } from '../../src/store/feed.ts';
import { onEachEngine } from '../support/engines.ts';
import { listen, Stream } from './listening.ts';
import { landSamples, minutesUntil, NOW, openTestApp, useStore } from './test-app.ts';

const kinds = (stream: Stream): string[] => stream.messages.map(({ event }) => event);

onEachEngine((store) => {
  test('a stream and the data fetched after its hello leave no gap', async () => {
    const made = await openTestApp(store().engine);
    const port = await listen(made.app);
    await landSamples(made, minutesUntil(NOW - 30 * MINUTE, 60));
    const stream = await Stream.open(port);
    await expect.poll(() => kinds(stream)).toEqual(['hello']);
    const snapshot = (await made.app.inject(`/api/series/${made.viewers}/range?window=2h`)).json<RangeBody>();
    expect(snapshot.totalSamples).toBe(60);
    await landSamples(made, new Map([[NOW - 10 * MINUTE, 7]]));
    await expect.poll(() => kinds(stream)).toEqual(['hello', 'landed']);
    const event = stream.messages[1];
    expect(event).toMatchObject({
      id: event?.data.seq,
      data: { kind: 'landed', at: NOW, payload: { source: 'platform', series: 1 } },
    });
    // Who is told asks at once, and must find what was told.
    const next = (await made.app.inject(`/api/series/${made.viewers}/range?window=2h`)).json<RangeBody>();
    expect(next.totalSamples).toBe(61);
    stream.close();
  });

  test('a stream goes on after Last-Event-ID, or after a cursor in the address', async () => {
    const made = await openTestApp(store().engine);
    const port = await listen(made.app);
    const first = await Stream.open(port);
    await landSamples(made, new Map([[NOW - 10 * MINUTE, 1]]));
    await landSamples(made, new Map([[NOW - 9 * MINUTE, 2]]));
    await expect.poll(() => kinds(first)).toEqual(['hello', 'landed', 'landed']);
    first.close();
    const [hello, one, two] = first.messages.map(({ id }) => String(id));
    const afterOne = await Stream.open(port, '/api/feed?after=0', { 'last-event-id': one ?? '' });
    await expect.poll(() => afterOne.messages.map(({ id }) => String(id))).toEqual([one, two]);
    const afterHello = await Stream.open(port, `/api/feed?after=${hello}`);
    await expect.poll(() => afterHello.messages.map(({ id }) => String(id))).toEqual([hello, one, two]);
    afterOne.close();
    afterHello.close();
  });

  test('a cursor older than the feed gets a reset', async () => {
    const made = await openTestApp(store().engine);
    const port = await listen(made.app);
    await landSamples(made, new Map([[NOW - 10 * MINUTE, 1]]));
    made.clock.advance(MINUTE);
    await landSamples(made, new Map([[NOW - 9 * MINUTE, 2]]));
    await made.engine.write(({ database }) => trimFeed(database, made.clock.now()));
    const stream = await Stream.open(port, '/api/feed?after=0');
    await expect.poll(() => kinds(stream)).toEqual(['hello', 'reset']);
    expect(stream.messages[1]?.data).toMatchObject({ reason: 'cursor-too-old', cursor: stream.messages[0]?.id });
    stream.close();
  });
});

const engine = useStore();

test('a stream is never packed, cached or held back, and beats every 20 seconds', async () => {
  const made = await openTestApp(engine());
  const port = await listen(made.app);
  const stream = await Stream.open(port, '/api/feed', { 'accept-encoding': 'gzip' });
  expect(stream.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  expect(stream.response.headers['content-encoding']).toBeUndefined();
  await expect.poll(() => kinds(stream)).toEqual(['hello']);
  made.clock.advance(20_000);
  await expect.poll(() => stream.text.endsWith(': heartbeat\n\n')).toBe(true);
  stream.close();
});

test('closing the app ends its streams at once', async () => {
  const made = await openTestApp(engine());
  const port = await listen(made.app);
  const streams = await Promise.all([1, 2, 3].map(() => Stream.open(port)));
  await made.app.close();
  await expect.poll(() => streams.every(({ ended }) => ended)).toBe(true);
});

test('a client that goes away is forgotten', async () => {
  const made = await openTestApp(engine());
  const port = await listen(made.app);
  const streams = async () => /^varve_streams (\d+)$/m.exec((await made.app.inject('/metrics')).body)?.[1];
  const stream = await Stream.open(port);
  await expect.poll(streams).toBe('1');
  stream.close();
  await expect.poll(streams).toBe('0');
});

test('a reader that reads nothing is cut off, and the others hear everything', async () => {
  const made = await openTestApp(engine());
  const port = await listen(made.app);
  const slow = await Stream.open(port);
  slow.response.pause();
  const brisk = await Stream.open(port);
  // Enough to fill the buffers of both sockets, and then the limit of the connection.
  const reason = 'x'.repeat(60_000);
  const events = 400;
  for (let number = 0; number < events; number++) {
    await made.engine.write((writer) =>
      appendToFeed(
        writer,
        made.org.number,
        'restated',
        { source: 'platform', from: number, to: 1, reason, series: [], count: 0 },
        NOW,
      ),
    );
  }
  await expect.poll(() => brisk.messages.length, { timeout: 10_000 }).toBe(events + 1);
  await expect.poll(() => made.clock.waiting).toBe(2);
  made.clock.advance(31_000);
  slow.response.resume();
  await expect.poll(() => slow.ended).toBe(true);
  expect(slow.messages.at(-1)).toMatchObject({ event: 'reset', data: { reason: 'slow-reader' } });
  const again = await Stream.open(port, '/api/feed', { 'last-event-id': String(slow.messages.at(-2)?.id) });
  await expect.poll(() => again.messages.length + slow.messages.length - 2, { timeout: 10_000 }).toBe(events + 1);
  brisk.close();
  again.close();
});

test.each(['abc', '-1', '1.5', '99999999999999999999'])('a Last-Event-ID of %j is refused', async (id) => {
  const made = await openTestApp(engine());
  const response = await made.app.inject({ url: '/api/feed', headers: { 'last-event-id': id } });
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ errors: [{ field: 'Last-Event-ID' }] });
});
