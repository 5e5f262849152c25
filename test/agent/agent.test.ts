import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { AgentHarness } from './agent-harness.ts';
import { answer, type Misbehaviour, PushServer, stampsOf, valuesOf } from './push-server.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const isRising = (stamps: readonly number[]): boolean =>
  stamps.every((stamp, index) => index === 0 || stamp > (stamps[index - 1] as number));

test('a reading is sent as it comes, with the clock that tells how wrong it goes', async () => {
  await using server = await PushServer.start();
  await using harness = new AgentHarness(server.url);
  expect(harness.measure(21.5, { unit: 3 })).toBe(true);
  await harness.until(() => server.stored.length === 1);
  const [request] = server.requests;
  expect(request?.address.pathname).toBe('/api/samples');
  expect(request?.address.searchParams.get('sentAt')).toBe(String(harness.clock.now()));
  expect(request?.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' });
  expect(request?.lines.map((line) => JSON.parse(line))).toEqual([
    { timestamp: harness.clock.now(), metric: 'room', labels: { device: 'pi' }, value: 21.5, dimensions: { unit: 3 } },
  ]);
});

const cut = (response: ServerResponse): true => {
  response.destroy();
  return true;
};

/** Ways of not taking anything, and of taking without saying so. */
const OUTAGES: readonly (readonly [string, Misbehaviour, RegExp])[] = [
  ['refuses with 503', (_, response) => answer(response, 503), /answered 503/],
  ['asks to come later with 429', (_, response) => answer(response, 429, { 'retry-after': '7' }), /answered 429/],
  ['hangs', () => true, /no answer within 60 s/],
  ['cuts the connection', (_, response) => cut(response), /cannot be reached/],
  ['is a page that wants somebody to sign in', (_, response) => answer(response, 200, {}, '<html>'), /no Varve server/],
  ['wants a token', (_, response) => answer(response, 401), /answered 401/],
  ['has no such route', (_, response) => answer(response, 404), /answered 404/],
  [
    'has moved',
    (_, response) => answer(response, 308, { location: 'https://elsewhere' }),
    /points to https:\/\/elsewhere/,
  ],
];

test.each(OUTAGES)(
  'an hour in which the server %s loses nothing, and is replayed in order',
  async (name, misbehave, words) => {
    await using server = await PushServer.start();
    await using harness = new AgentHarness(server.url);
    server.misbehave = misbehave;
    let value = 0;
    harness.measure(value++);
    // A server that hangs is found out by time, the others by what they say.
    await harness.passUntil(() => harness.agent.status.failingSince !== null, name === 'hangs' ? 10 * SECOND : 0);
    for (let passed = 0; passed < HOUR; passed += 10 * SECOND) {
      expect(harness.measure(value++)).toBe(true);
      harness.pass(10 * SECOND);
      // The network gets its turn now and then.
      if (value % 30 === 0) await delay(2);
    }
    expect(server.stored).toEqual([]);
    expect(harness.log.join('\n')).toMatch(words);
    server.misbehave = () => false;
    await harness.passUntil(() => server.stored.length === value, 10 * SECOND);
    expect(valuesOf(server.stored)).toEqual(upTo(value));
    expect(isRising(stampsOf(server.stored))).toBe(true);
    await harness.until(() => harness.agent.status.failingSince === null);
    expect(harness.log.some((line) => /sending again after 1h/.test(line))).toBe(true);
  },
);

test('an answer that was lost is no reading twice: what is sent again is the same, stamps included', async () => {
  await using server = await PushServer.start();
  await using harness = new AgentHarness(server.url);
  let lost = 0;
  server.misbehave = (pushed, response) => {
    if (lost++ >= 5) return false;
    for (const line of pushed.lines) if (!server.stored.includes(line)) server.stored.push(line);
    response.destroy();
    return true;
  };
  for (const value of upTo(30)) {
    harness.measure(value);
    harness.pass(SECOND);
  }
  await harness.passUntil(() => harness.agent.status.sent === 30);
  expect(valuesOf([...new Set(server.stored)])).toEqual(upTo(30));
});

test('waits as long as the server asks', async () => {
  await using server = await PushServer.start();
  await using harness = new AgentHarness(server.url);
  server.misbehave = (_, response) => answer(response, 503, { 'retry-after': '120' });
  harness.measure(1);
  await harness.until(() => harness.agent.status.failingSince !== null);
  for (let passed = 0; passed < 118; passed++) {
    harness.pass(SECOND);
    // A request would be sent at once; a turn of the event loop is all it needs.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(server.requests).toHaveLength(1);
  await harness.passUntil(() => server.requests.length === 2);
});

test('bad lines are recorded and passed over, however many there are', async () => {
  await using server = await PushServer.start();
  await using harness = new AgentHarness(server.url);
  server.misbehave = (_, response) => answer(response, 503);
  for (const value of upTo(1_000)) harness.measure(value);
  await harness.until(() => harness.agent.status.failingSince !== null);
  const isBad = (value: number): boolean => value % 3 === 0 || (value >= 200 && value < 420);
  server.reasonAgainst = (line) => (isBad((JSON.parse(line) as { value: number }).value) ? 'not today' : undefined);
  server.misbehave = () => false;
  const good = upTo(1_000).filter((value) => !isBad(value));
  await harness.passUntil(() => harness.agent.status.sent === good.length);
  expect(valuesOf(server.stored)).toEqual(good);
  const log = readFileSync(join(harness.spool, 'rejected.ndjson'), 'utf8').trim().split('\n');
  expect(log).toHaveLength(1_000 - good.length);
  expect(JSON.parse(log[0] ?? '')).toEqual({
    at: expect.any(String),
    reason: 'not today',
    line: expect.stringContaining('"value":0'),
  });
  expect(harness.agent.status.rejected).toBe(log.length);
});

test('a body that is refused as a whole is cut down to the line at fault', async () => {
  await using server = await PushServer.start();
  await using harness = new AgentHarness(server.url);
  server.misbehave = (pushed, response) =>
    pushed.lines.some((line) => line.includes('"value":13,') || line.includes('"value":13}')) && answer(response, 422);
  for (const value of upTo(50)) harness.measure(value);
  await harness.passUntil(() => harness.agent.status.sent === 49);
  expect(valuesOf(server.stored)).toEqual(upTo(50).filter((value) => value !== 13));
});

test('a server that refuses every body as a whole has not made the readings bad: they wait', async () => {
  await using server = await PushServer.start();
  await using harness = new AgentHarness(server.url);
  server.misbehave = (_, response) => answer(response, 400);
  for (const value of upTo(50)) harness.measure(value);
  await harness.passUntil(() => harness.agent.status.sending === 'refused');
  expect(harness.agent.status.rejected).toBeLessThanOrEqual(10);
});

test('stopped and started in an outage, with the clock set back by an hour in between: everything arrives once, in order', async () => {
  await using server = await PushServer.start();
  await using harness = new AgentHarness(server.url);
  server.misbehave = (_, response) => answer(response, 503);
  let value = 0;
  const run = (length: number): void => {
    for (let passed = 0; passed < length; passed += 10 * SECOND) {
      harness.measure(value++);
      harness.pass(10 * SECOND);
    }
  };
  run(20 * MINUTE);
  harness.clock.set(harness.clock.now() - HOUR);
  run(20 * MINUTE);
  const stopped = harness.stop();
  await harness.until(() => harness.log.some((line) => line.startsWith('stopped')));
  await stopped;
  expect(harness.log.at(-1)).toBe(`stopped; ${value} readings wait in the spool`);
  harness.clock.set(harness.clock.now() - HOUR);
  harness.start();
  run(20 * MINUTE);
  server.misbehave = () => false;
  await harness.passUntil(() => server.stored.length === value);
  expect(valuesOf(server.stored)).toEqual(upTo(value));
  expect(isRising(stampsOf(server.stored))).toBe(true);
  expect(harness.agent.status).toMatchObject({ clockSteps: 1, lastClockStep: { by: -HOUR } });
  expect(harness.log.filter((line) => /set 1h back/.test(line))).toHaveLength(1);
});
