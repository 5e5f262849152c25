import { expect, test } from 'vitest';
import { DAY, MINUTE } from '../../src/domain/time.ts';
import type { LogPageBody } from '../../src/http/activity-contract.ts';
import { onEachEngine } from '../support/engines.ts';
import { claims, GUILD, sendLog } from './activity-log.ts';
import { NOW, openTestApp, type TestApp, useStore } from './test-app.ts';

const page = async ({ app }: Pick<TestApp, 'app'>, query: string): Promise<LogPageBody> => {
  const response = await app.inject(`/api/logs?guild_id=${GUILD}&${query}`);
  if (response.statusCode !== 200) throw new Error(response.body);
  return response.json();
};
const ids = ({ items }: LogPageBody): string[] => items.map(({ id }) => id);

onEachEngine((store) => {
  test('what was sent is read back, once, however often it was sent', async () => {
    const made = await openTestApp(store().engine);
    const sent = {
      id: '1151234567890123456',
      type: 'accept',
      actor: '697169405422862417',
      subject: '1151234567890123457',
      time: '2026-04-02T09:00:00.250Z',
      attributes: { note: 'ünïcode ✓', role: '1151234567890123458', nested: { n: 1.5 } },
    };
    expect(await sendLog(made.app, [sent])).toEqual({ accepted: 1, duplicates: 0, rejected: [], rejectedOmitted: 0 });
    expect(await sendLog(made.app, [sent, sent])).toMatchObject({ accepted: 0, duplicates: 2 });
    const { items, cursor } = await page(made, '');
    expect(items).toEqual([{ ...sent, seq: 1, stream: GUILD }]);
    expect(cursor).toBe(1);
  });

  test('pages go both ways, agree with each other while more is written, and miss nothing', async () => {
    const made = await openTestApp(store().engine);
    await sendLog(made.app, claims(25));
    const first = await page(made, 'limit=10');
    expect(ids(first)).toEqual(Array.from({ length: 10 }, (_, index) => `c${24 - index}`));
    expect(first.previous).toBeNull();
    // One is newer than all, one lies in the middle of what was not read yet.
    await sendLog(made.app, [
      { id: 'new', type: 'claim', time: NOW + MINUTE },
      { id: 'late', type: 'claim', time: NOW - 20.5 * MINUTE },
    ]);
    const second = await page(made, `limit=10&cursor=${first.next}`);
    const third = await page(made, `limit=10&cursor=${second.next}`);
    expect([...ids(second), ...ids(third)]).toEqual(Array.from({ length: 15 }, (_, index) => `c${14 - index}`));
    expect(third.next).toBeNull();
    const back = await page(made, `limit=10&cursor=${third.previous}`);
    expect(ids(back).at(-1)).toBe('c5');
    const newest = await page(made, `limit=500&cursor=${back.previous}`);
    expect(ids(newest)[0]).toBe('new');
    expect([...ids(newest), ...ids(back)]).toHaveLength(21);
    const ascending = await page(made, 'order=asc&limit=3');
    expect(ids(ascending)).toEqual(['c0', 'c1', 'c2']);
    expect(ids(await page(made, `order=asc&limit=3&cursor=${ascending.next}`))).toEqual(['c3', 'late', 'c4']);
  });

  test('filters by type, actor, subject and time', async () => {
    const made = await openTestApp(store().engine);
    await sendLog(made.app, [...claims(9), { id: 'a', type: 'accept', actor: 'm1', subject: 's4', time: NOW }]);
    expect(ids(await page(made, 'type=accept'))).toEqual(['a']);
    expect(ids(await page(made, 'actor=m1&order=asc'))).toEqual(['c1', 'c4', 'c7', 'a']);
    expect(ids(await page(made, 'subject=s4&order=asc'))).toEqual(['c4', 'a']);
    expect(ids(await page(made, `order=asc&from=${NOW - 2 * MINUTE}&to=${NOW}`))).toEqual(['c6', 'c7']);
    expect(ids(await page(made, 'actor=nobody'))).toEqual([]);
  });

  test('exports everything as NDJSON and CSV, also what takes many reads', async () => {
    const made = await openTestApp(store().engine);
    await sendLog(made.app, claims(2_300, 1_000));
    const ndjson = await made.app.inject(`/api/logs?guild_id=${GUILD}&format=ndjson&order=asc`);
    const lines = ndjson.body.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(claims(2_300).map(({ id }) => id));
    const csv = await made.app.inject(`/api/logs?guild_id=${GUILD}&format=csv&actor=m2`);
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body.trimEnd().split('\r\n')).toHaveLength(1 + 766);
    expect(csv.body.split('\r\n')[0]).toBe('seq,id,stream,type,actor,subject,time,attributes');
  });

  test('an org sees its own logs only', async () => {
    const mine = await openTestApp(store().engine);
    const theirs = await openTestApp(store().engine);
    await sendLog(theirs.app, claims(3));
    expect(ids(await page(mine, ''))).toEqual([]);
    expect((await mine.app.inject('/api/logs/streams')).json()).toMatchObject({ streams: [] });
    await sendLog(mine.app, claims(1));
    expect(ids(await page(mine, ''))).toEqual(['c0']);
    expect((await theirs.app.inject('/api/logs/streams')).json()).toMatchObject({
      streams: [{ stream: GUILD, events: 3 }],
    });
  });
});

const engine = useStore();

test.each([
  [{ id: 1_151_234_567_890_123, type: 'a', time: NOW }, 'id must be a string: 64-bit ids lose digits'],
  [{ id: 'x', type: 'a', actor: 5, time: NOW }, 'actor must be a string'],
  [{ type: 'a', time: NOW }, 'id is missing'],
  [{ id: 'x', type: '__proto__', time: NOW }, 'type must be a word'],
  [{ id: 'x', type: 'a', time: '2026-04-02 09:00' }, 'time must be an instant'],
  [{ id: 'x', type: 'a', time: String(NOW) }, 'time must be an instant'],
  [{ id: 'x', type: 'a', time: NOW + 2 * DAY }, 'more than a day ahead'],
  [
    { id: 'x', type: 'a', time: NOW, attributes: { deep: [1_151_234_567_890_123_456n] } },
    'attributes.deep.0 is a whole number above 2^53',
  ],
  [{ id: 'x', type: 'a', time: NOW, attributes: { text: 'x'.repeat(20_000) } }, 'longer than 16 KiB'],
  [{ id: 'x', type: 'a', time: NOW, moderator_id: '5' }, 'moderator_id is no field of an event'],
  ['text', 'must be a JSON object'],
])('of a batch the wrong is refused with its reason and the good is kept: %#', async (wrong, reason) => {
  const made = await openTestApp(engine());
  // As a sender in another language writes a 64-bit number.
  const payload = JSON.stringify({ stream: GUILD, events: [claims(1)[0], wrong] }, (_key, value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  const response = await made.app.inject({
    method: 'POST',
    url: '/api/logs',
    payload,
    headers: { 'content-type': 'application/json' },
  });
  const report = response.json();
  expect(report).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
  expect(report.rejected[0].reason).toContain(reason);
});

test('names that strangers chose start no formula in a spreadsheet', async () => {
  const made = await openTestApp(engine());
  await sendLog(made.app, [{ id: 'x', type: 'claim', actor: '=HYPERLINK("x")', time: NOW }]);
  const { body } = await made.app.inject(`/api/logs?guild_id=${GUILD}&format=csv`);
  expect(body).toContain(`"'=HYPERLINK(""x"")"`);
});

test.each([
  ['/api/logs', 'guild_id'],
  ['/api/logs?guild_id=a&stream=b', 'stream'],
  [`/api/logs?guild_id=${GUILD}&cursor=bad`, 'cursor'],
  [`/api/logs?guild_id=${GUILD}&limit=501`, 'limit'],
  [`/api/logs?guild_id=${GUILD}&from=yesterday`, 'from'],
])('%s is refused by name', async (url, field) => {
  const { app } = await openTestApp(engine());
  const response = await app.inject(url);
  expect(response.statusCode).toBe(400);
  expect(response.json().errors).toMatchObject([{ field }]);
});
