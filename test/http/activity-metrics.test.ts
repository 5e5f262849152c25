import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import type { EventTimeseriesBody, LatencyBody } from '../../src/http/activity-contract.ts';
import { onEachEngine } from '../support/engines.ts';
import { GUILD, type Sent, sendLog } from './activity-log.ts';
import { NOW, openTestApp, type TestApp, useStore } from './test-app.ts';

const ask = async <Body>({ app }: Pick<TestApp, 'app'>, what: string, query = ''): Promise<Body> => {
  const response = await app.inject(`/api/metrics/${what}?guild_id=${GUILD}${query}`);
  if (response.statusCode !== 200) throw new Error(response.body);
  return response.json();
};

/** Applications an hour apart; every third is answered after 10 minutes, the next after 20, the last of three not at all. */
const applications = (count: number, end = NOW): Sent[] =>
  Array.from({ length: count }, (_, index): Sent[] => {
    const time = end - (count - index) * HOUR;
    const subject = `s${index}`;
    const asked = { id: `q${index}`, type: 'app_submitted', actor: `u${index}`, subject, time };
    if (index % 3 === 2) return [asked];
    const type = index % 3 === 0 ? 'accept' : 'reject';
    return [
      asked,
      { id: `a${index}`, type, actor: `m${index % 2}`, subject, time: time + ((index % 3) + 1) * 10 * MINUTE },
    ];
  }).flat();

onEachEngine((store) => {
  test('counts by bucket are 0 where nothing happened, and begin where the log begins', async () => {
    const made = await openTestApp(store().engine);
    await sendLog(made.app, applications(30));
    await sendLog(made.app, [{ id: 'w', type: 'app_submitted', time: NOW - 3 * DAY, subject: 'w' }]);
    const body = await ask<EventTimeseriesBody>(made, 'timeseries', '&window=7d&bucket=1h');
    expect(body.buckets[0]?.timestamp).toBe('2026-03-30T10:00:00.000Z');
    expect(body.buckets).toHaveLength(73);
    expect(body.buckets[0]).toMatchObject({ counts: { submitted: 1, accept: 0, reject: 0 }, partial: true });
    expect(body.buckets[10]?.counts).toEqual({ submitted: 0, accept: 0, reject: 0 });
    expect(body.totals).toEqual({ submitted: 31, accept: 10, reject: 10 });
    expect(body.buckets.at(-1)).toMatchObject({ timestamp: '2026-04-02T10:00:00.000Z', partial: true });
    expect(body).toMatchObject({ bucket: '1h', zone: 'UTC', building: null, warnings: [] });
    expect(body.coverage).toEqual({ from: NOW - 3 * DAY, to: Math.floor(NOW / MINUTE) * MINUTE });
    expect(body.missing).toEqual([{ from: expect.any(Number), to: NOW - 3 * DAY, reason: 'never-asked' }]);
    const counted = body.buckets.reduce((total, { counts }) => total + (counts.submitted ?? 0), 0);
    expect(counted).toBe(31);
  });

  test('answer times by bucket, overall, by moderator, and what is still open', async () => {
    const made = await openTestApp(store().engine);
    await sendLog(made.app, applications(30).reverse());
    const body = await ask<LatencyBody>(made, 'latency', '&window=7d&bucket=1h&by=moderator');
    expect(body.pair).toBe('answer');
    const close = (value: number | null | undefined, to: number) =>
      expect(Math.abs((value ?? 0) / to - 1)).toBeLessThan(0.005);
    expect(body.overall.count).toBe(20);
    expect(body.overall.avg_response_time_s).toBe(900);
    close(body.overall.p50_response_time_s, 600);
    close(body.overall.p95_response_time_s, 1_200);
    expect(body.buckets.filter(({ count }) => count > 0)).toHaveLength(20);
    expect(body.buckets.find(({ count }) => count === 0)).toMatchObject({
      avg_response_time_s: null,
      p95_response_time_s: null,
    });
    expect(body.open.count).toBe(10);
    const since = NOW - 28 * HOUR;
    const age = (Math.floor(NOW / MINUTE) * MINUTE - since) / SECOND;
    expect(body.open.items[0]).toEqual({ subject: 's2', since: toIso(since), age_s: age, actor: 'u2' });
    expect(body.open.oldest_age_s).toBe(age);
    expect(body.moderators?.map(({ moderator_id, count }) => [moderator_id, count])).toEqual([
      ['m0', 10],
      ['m1', 10],
    ]);
    // The answer to what waited longest arrives late: every number follows.
    await sendLog(made.app, [{ id: 'late', type: 'accept', actor: 'm5', subject: 's2', time: since + HOUR }]);
    const after = await ask<LatencyBody>(made, 'latency', '&window=7d&bucket=1h');
    expect(after.overall).toMatchObject({ count: 21 });
    close(after.overall.p95_response_time_s, 1_200);
    expect(after.open).toMatchObject({ count: 9, items: [{ subject: 's5' }, ...Array(8).fill({})] });
  });

  test('counts by moderator leave out who asks', async () => {
    const made = await openTestApp(store().engine, {
      activity: { identities: [{ kind: 'static', table: { m0: { name: 'Ada' } } }] },
    });
    await sendLog(made.app, applications(6));
    const body = await ask<EventTimeseriesBody>(made, 'timeseries', '&by=moderator&expand=identity');
    expect(body.moderators).toMatchObject([
      { moderator_id: 'm0', display_name: 'Ada', total: 2, counts: { accept: 1, reject: 1 } },
      { moderator_id: 'm1', display_name: null, total: 2, counts: { accept: 1, reject: 1 } },
    ]);
    expect(body.moderators?.[0]?.buckets).toHaveLength(2);
  });
});

const engine = useStore();

test.each([
  ['Europe/Berlin', '2026-03-29', 23],
  ['America/New_York', '2026-03-08', 23],
  ['Asia/Kolkata', '2026-03-29', 24],
  ['Australia/Lord_Howe', '2026-03-15', 24],
])('days in %s: %s has %i hours', async (zone, date, hours) => {
  const made = await openTestApp(engine());
  const every = 10 * MINUTE;
  const count = (40 * DAY) / every;
  const events = Array.from({ length: count }, (_, index) => ({
    id: `e${index}`,
    type: 'claim',
    time: NOW - (count - index) * every,
  }));
  for (let start = 0; start < count; start += 5_000) await sendLog(made.app, events.slice(start, start + 5_000));
  const body = await ask<EventTimeseriesBody>(made, 'timeseries', `&window=30d&bucket=1d&tz=${zone}`);
  const day = (instant: number) =>
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(instant);
  const expected = Map.groupBy(events, ({ time }) => day(time));
  expect(expected.get(date)).toHaveLength(hours * 6);
  for (const { timestamp, counts } of body.buckets) {
    expect([timestamp, counts.claim]).toEqual([timestamp, expected.get(day(Date.parse(timestamp)))?.length]);
  }
  expect(body.buckets.length).toBeGreaterThanOrEqual(31);
});

test('half-hour zones have hours of their own', async () => {
  const made = await openTestApp(engine());
  await sendLog(made.app, [
    { id: '1', type: 'claim', time: '2026-04-02T08:29:00Z' },
    { id: '2', type: 'claim', time: '2026-04-02T08:31:00Z' },
  ]);
  const body = await ask<EventTimeseriesBody>(made, 'timeseries', '&bucket=1h&tz=Asia/Kolkata');
  expect(body.buckets.slice(0, 2)).toMatchObject([
    { timestamp: '2026-04-02T07:30:00.000Z', counts: { claim: 1 } },
    { timestamp: '2026-04-02T08:30:00.000Z', counts: { claim: 1 } },
  ]);
});

test('a log without events is never asked for, not 0', async () => {
  const made = await openTestApp(engine());
  const body = await ask<EventTimeseriesBody>(made, 'timeseries', '&window=90d');
  expect(body).toMatchObject({ buckets: [], totals: {}, coverage: null, missing: [{ reason: 'never-asked' }] });
  expect(await ask<LatencyBody>(made, 'latency', '&window=any')).toMatchObject({ buckets: [], open: { count: 0 } });
});

test('an answer that did not change is not sent again', async () => {
  const made = await openTestApp(engine());
  await sendLog(made.app, applications(3));
  const url = `/api/metrics/timeseries?guild_id=${GUILD}`;
  const { headers } = await made.app.inject(url);
  const again = () => made.app.inject({ url, headers: { 'if-none-match': String(headers.etag) } });
  expect((await again()).statusCode).toBe(304);
  await sendLog(made.app, [{ id: 'new', type: 'claim', time: NOW }]);
  expect((await again()).json()).toMatchObject({ totals: { claim: 1 } });
});

test.each([
  ['timeseries?window=7d', 'guild_id'],
  [`timeseries?guild_id=1&window=week`, 'window'],
  [`timeseries?guild_id=1&bucket=2h`, 'bucket'],
  [`timeseries?guild_id=1&window=2y&bucket=1h`, 'bucket'],
  [`timeseries?guild_id=1&tz=Berlin`, 'tz'],
  [`latency?guild_id=1&pair=answr`, 'pair'],
])('%s is refused by name', async (what, field) => {
  const { app } = await openTestApp(engine());
  const response = await app.inject(`/api/metrics/${what}`);
  expect(response.statusCode).toBe(400);
  expect(response.json().errors).toMatchObject([{ field }]);
});
