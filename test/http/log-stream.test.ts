import { expect, test } from 'vitest';
import type { LogPageBody } from '../../src/http/activity-contract.ts';
import { onEachEngine } from '../support/engines.ts';
import { claims, GUILD, sendLog } from './activity-log.ts';
import { ask, listen, Stream } from './listening.ts';
import { openTestApp, useStore } from './test-app.ts';

const PATH = `/api/logs/stream?guild_id=${GUILD}`;
const actions = (stream: Stream): unknown[] =>
  stream.messages.filter(({ event }) => event === 'action').map(({ data }) => data.id);
const kinds = (stream: Stream): string[] => stream.messages.map(({ event }) => event);

onEachEngine((store) => {
  test('a page and the stream that begins with its cursor leave no gap and repeat nothing', async () => {
    const made = await openTestApp(store().engine);
    const port = await listen(made.app);
    const [a, b, c, d] = claims(4);
    await sendLog(made.app, [a, b]);
    const { items, cursor } = (await made.app.inject(`/api/logs?guild_id=${GUILD}&order=asc`)).json<LogPageBody>();
    await sendLog(made.app, [c]);
    const stream = await Stream.open(port, PATH, { 'last-event-id': String(cursor) });
    await sendLog(made.app, [d, a]);
    await expect.poll(() => actions(stream)).toEqual(['c2', 'c3']);
    expect(items.map(({ id }) => id)).toEqual(['c0', 'c1']);
    const [, message] = stream.messages;
    expect(message).toMatchObject({ id: 3, event: 'action', data: { seq: 3, id: 'c2', stream: GUILD, actor: 'm2' } });
    stream.close();
  });

  test('a stream of a log that is empty yet waits for its first event, and hears of no other log', async () => {
    const made = await openTestApp(store().engine);
    const port = await listen(made.app);
    const stream = await Stream.open(port, PATH);
    await expect.poll(() => kinds(stream)).toEqual(['hello']);
    await made.app.inject({ method: 'POST', url: '/api/logs', payload: { stream: 'other', events: claims(2) } });
    await sendLog(made.app, claims(1));
    await expect.poll(() => stream.messages.map(({ id }) => id)).toEqual([0, 1]);
    stream.close();
  });
});

const engine = useStore();

test('a cursor too far back, or of another log, gets a reset', async () => {
  const made = await openTestApp(engine(), { activity: { longestReplay: 100 } });
  const port = await listen(made.app);
  await sendLog(made.app, claims(150));
  const far = await Stream.open(port, `${PATH}&after=10`);
  await expect.poll(() => kinds(far)).toEqual(['hello', 'reset']);
  expect(far.messages[1]?.data).toEqual({ reason: 'cursor-too-old', cursor: 150 });
  const unknown = await Stream.open(port, `${PATH}&after=151`);
  await expect.poll(() => unknown.messages[1]?.data).toMatchObject({ reason: 'cursor-unknown' });
  const near = await Stream.open(port, `${PATH}&after=50`);
  await expect.poll(() => actions(near).length).toBe(100);
  for (const stream of [far, unknown, near]) stream.close();
});

test('one reader may open so many streams; a closed one makes room', async () => {
  const made = await openTestApp(engine(), { activity: { streamsPerReader: 2 } });
  const port = await listen(made.app);
  const first = await Stream.open(port, PATH);
  const second = await Stream.open(port, PATH);
  const refused = await ask(port, PATH);
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('30');
  first.close();
  await expect
    .poll(async () => {
      const third = await Stream.open(port, PATH);
      third.close();
      return third.response.statusCode;
    })
    .toBe(200);
  second.close();
});

test('names come with the events, and a stream beats every 20 seconds', async () => {
  const made = await openTestApp(engine(), {
    activity: {
      identities: [{ kind: 'static', table: { m0: { name: 'Ada', avatarUrl: 'https://a.example/a.png' } } }],
    },
  });
  const port = await listen(made.app);
  const stream = await Stream.open(port, `${PATH}&expand=identity`);
  await sendLog(made.app, claims(2));
  await expect.poll(() => actions(stream)).toEqual(['c0', 'c1']);
  expect(stream.messages[1]?.data).toMatchObject({
    display_name: 'Ada',
    avatar_url: 'https://a.example/a.png',
    identities: { m0: { display_name: 'Ada', departed: false } },
    warnings: [],
  });
  expect(stream.messages[2]?.data).toMatchObject({ display_name: null, identities: {} });
  made.clock.advance(20_000);
  await expect.poll(() => stream.text.endsWith(': heartbeat\n\n')).toBe(true);
  stream.close();
});

test('closing the app ends its streams', async () => {
  const made = await openTestApp(engine());
  const port = await listen(made.app);
  const stream = await Stream.open(port, PATH);
  await made.app.close();
  await expect.poll(() => stream.ended).toBe(true);
});
