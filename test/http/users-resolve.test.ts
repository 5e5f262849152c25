import { expect, test } from 'vitest';
import { LocalDiscord } from '../support/discord.ts';
import { GUILD, sendLog } from './activity-log.ts';
import { NOW, openTestApp, useStore } from './test-app.ts';

const engine = useStore();
const ADA = { id: '697169405422862417', username: 'ada', global_name: 'Ada', discriminator: '0' };
const url = (ids: string): string => `/api/users/resolve?guild_id=${GUILD}&ids=${ids}`;

const openWithDiscord = async () => {
  const discord = await LocalDiscord.start();
  discord.add(ADA);
  const activity = { identities: [{ kind: 'discord' as const, baseUrl: discord.url, token: 'secret-token' }] };
  return { discord, ...(await openTestApp(engine(), { activity })) };
};

test('names come with a tag, with how long they stay fresh, and with what is left of the limit', async () => {
  const { app, discord } = await openWithDiscord();
  const response = await app.inject(url(`${ADA.id},80351110224678999`));
  expect(response.json()).toMatchObject({
    users: [
      { id: ADA.id, display_name: 'Ada', departed: false },
      { id: '80351110224678999', state: 'unknown' },
    ],
    warnings: [],
  });
  expect(response.headers).toMatchObject({ 'cache-control': 'private, max-age=300', 'x-ratelimit-remaining': '49' });
  const again = await app.inject({
    url: url(`${ADA.id},80351110224678999`),
    headers: { 'if-none-match': String(response.headers.etag) },
  });
  expect(again.statusCode).toBe(304);
  expect(discord.calls).toHaveLength(3);
});

test('the 51st request of a minute is refused', async () => {
  const { app } = await openWithDiscord();
  for (let request = 0; request < 50; request++) expect((await app.inject(url(ADA.id))).statusCode).toBe(200);
  const refused = await app.inject(url(ADA.id));
  expect(refused.statusCode).toBe(429);
  expect(refused.headers['retry-after']).toBeDefined();
});

test('when Discord fails, everything but the names is answered, with a warning and without the token', async () => {
  const { app, discord } = await openWithDiscord();
  await sendLog(app, [
    { id: '1', type: 'app_submitted', actor: ADA.id, subject: 's', time: NOW - 60_000 },
    { id: '2', type: 'accept', actor: ADA.id, subject: 's', time: NOW },
  ]);
  discord.troubles.push(...Array(10).fill({ status: 500, body: {} }));
  for (const path of ['logs?', 'metrics/timeseries?by=moderator&', 'metrics/latency?by=moderator&']) {
    const response = await app.inject(`/api/${path}guild_id=${GUILD}&expand=identity`);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ warnings: ['Discord answered with status 500'] });
    expect(response.body).not.toContain('secret-token');
  }
  expect(discord.calls).toHaveLength(1);
});

test.each([
  [url(''), 'ids'],
  [url(Array.from({ length: 101 }, (_, index) => index).join(',')), 'ids'],
  [url('a%20b'), 'ids'],
  ['/api/users/resolve?ids=1', 'guild_id'],
])('%# is refused by name', async (path, field) => {
  const { app } = await openTestApp(engine());
  const response = await app.inject(path);
  expect(response.statusCode).toBe(400);
  expect(response.json().errors).toMatchObject([{ field }]);
});
