import { expect, test } from 'vitest';
import { activitySchema } from '../../src/activity/activity-config.ts';
import type { IdentityDirectory } from '../../src/activity/identities/directory.ts';
import { discordAvatarUrl } from '../../src/activity/identities/discord-avatar.ts';
import { openDirectory } from '../../src/activity/identities/open.ts';
import { isPrivate } from '../../src/activity/identities/upstream.ts';
import { MINUTE } from '../../src/domain/time.ts';
import type { Engine } from '../../src/store/engine.ts';
import { useStore } from '../http/test-app.ts';
import { ManualClock } from '../support/clock.ts';
import { LocalDiscord } from '../support/discord.ts';
import { onEachEngine } from '../support/engines.ts';

const ADA = { id: '697169405422862417', username: 'ada', global_name: 'Ada', discriminator: '0', avatar: 'a_1f2e' };
const BOB = { id: '80351110224678912', username: 'bob', global_name: null, discriminator: '1337', avatar: null };
const NOBODY = '80351110224678999';

let stores = 0;

function open(engine: Engine, discord: LocalDiscord, over: { token?: string; callsPerMinute?: number } = {}) {
  const clock = new ManualClock('2026-04-02T10:00:00Z');
  const settings = { kind: 'discord' as const, baseUrl: discord.url, token: 'secret-token', ...over };
  const { identities } = activitySchema.parse({ identities: [settings] });
  const directory = openDirectory(engine, identities, clock);
  const place = { org: 1_000 + stores++, stream: discord.guild };
  const resolve = (ids: readonly string[], on: IdentityDirectory = directory) => on.resolve(place, ids);
  return { clock, directory, resolve, again: () => openDirectory(engine, identities, clock) };
}

onEachEngine((store) => {
  test('members have the name and picture they chose; kept 30 minutes, also over a restart', async () => {
    const discord = await LocalDiscord.start();
    discord.add(ADA, { nick: 'Countess', avatar: 'b00c' });
    discord.add(BOB);
    const { clock, resolve, again } = open(store().engine, discord);
    const { identities, warnings, freshFor } = await resolve([ADA.id, BOB.id]);
    expect([...identities.values()]).toEqual([
      {
        id: ADA.id,
        state: 'member',
        username: 'ada',
        global_name: 'Ada',
        display_name: 'Countess',
        avatar_url: `https://cdn.discordapp.com/guilds/${discord.guild}/users/${ADA.id}/avatars/b00c.webp?size=128`,
        departed: false,
      },
      {
        id: BOB.id,
        state: 'member',
        username: 'bob',
        global_name: null,
        display_name: 'bob',
        avatar_url: 'https://cdn.discordapp.com/embed/avatars/2.png',
        departed: false,
      },
    ]);
    expect(warnings).toEqual([]);
    expect(freshFor).toBe(30 * MINUTE);
    clock.advance(29 * MINUTE);
    expect((await resolve([ADA.id, BOB.id], again())).identities.size).toBe(2);
    expect(discord.calls).toHaveLength(2);
    clock.advance(2 * MINUTE);
    await resolve([ADA.id]);
    expect(discord.calls).toHaveLength(3);
  });

  test('who has left keeps the name and is marked, even when the account is deleted later', async () => {
    const discord = await LocalDiscord.start();
    discord.add(ADA, null);
    const { clock, resolve } = open(store().engine, discord);
    expect((await resolve([ADA.id])).identities.get(ADA.id)).toMatchObject({
      state: 'departed',
      departed: true,
      display_name: 'Ada',
      avatar_url: `https://cdn.discordapp.com/avatars/${ADA.id}/a_1f2e.gif?size=128`,
    });
    discord.users.delete(ADA.id);
    clock.advance(31 * MINUTE);
    expect((await resolve([ADA.id])).identities.get(ADA.id)).toMatchObject({ departed: true, display_name: 'Ada' });
  });
});

const engine = useStore();

test('ids that nobody has are asked for again after 5 minutes, not before', async () => {
  const discord = await LocalDiscord.start();
  const { clock, resolve } = open(engine(), discord);
  const { identities, freshFor } = await resolve([NOBODY]);
  expect(identities.get(NOBODY)).toMatchObject({ state: 'unknown', display_name: null });
  expect(freshFor).toBe(5 * MINUTE);
  const asked = discord.calls.length;
  clock.advance(4 * MINUTE);
  await resolve([NOBODY]);
  expect(discord.calls).toHaveLength(asked);
  clock.advance(2 * MINUTE);
  await resolve([NOBODY]);
  expect(discord.calls.length).toBeGreaterThan(asked);
});

test('a hundred callers at once make one call', async () => {
  const discord = await LocalDiscord.start();
  discord.add(ADA);
  discord.delay = 20;
  const { resolve } = open(engine(), discord);
  const all = await Promise.all(Array.from({ length: 100 }, () => resolve([ADA.id])));
  expect(all.every(({ identities }) => identities.get(ADA.id)?.username === 'ada')).toBe(true);
  expect(discord.calls).toEqual([`/guilds/${discord.guild}/members/${ADA.id}`]);
});

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...BOB, id: String(80351110224600000n + BigInt(index)) }));

test('a spent bucket is not asked again before it is filled; what is known is answered with a warning', async () => {
  const discord = await LocalDiscord.start();
  discord.bucketSize = 10;
  discord.fillBucket();
  const people = many(30);
  for (const user of people) discord.add(user);
  const { clock, resolve } = open(engine(), discord);
  const ids = people.map(({ id }) => id);
  const { identities, warnings } = await resolve(ids);
  expect(identities.size).toBe(10);
  expect(warnings).toEqual([expect.stringMatching(/^Discord asks to wait \d+ s$/)]);
  // Those already under way when the bucket ran out are the most that may be too many.
  expect(discord.calls.length).toBeLessThanOrEqual(18);
  const asked = discord.calls.length;
  clock.advance(10_000);
  await resolve(ids);
  expect(discord.calls).toHaveLength(asked);
  discord.fillBucket();
  clock.advance(60_000);
  expect((await resolve(ids)).identities.size).toBe(20);
});

test('a global limit stops everything until it is over', async () => {
  const discord = await LocalDiscord.start();
  discord.add(ADA);
  discord.add(BOB);
  discord.troubles.push({
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: 30.5, global: true },
    headers: { 'retry-after': '31', 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' },
  });
  const { clock, resolve } = open(engine(), discord);
  expect((await resolve([ADA.id])).warnings).toEqual(['Discord asks to wait 31 s']);
  clock.advance(20_000);
  expect((await resolve([BOB.id])).warnings).toEqual(['Discord asks to wait 11 s']);
  expect(discord.calls).toHaveLength(1);
  clock.advance(11_000);
  expect((await resolve([ADA.id, BOB.id])).identities.size).toBe(2);
});

test('a short wait is waited for, and the answer is whole', async () => {
  const discord = await LocalDiscord.start();
  discord.add(ADA);
  discord.troubles.push({ status: 429, body: { retry_after: 0.5, global: false } });
  const { clock, resolve } = open(engine(), discord);
  const resolving = resolve([ADA.id]);
  await expect.poll(() => clock.waiting).toBe(2);
  clock.advance(500);
  expect(await resolving).toMatchObject({ warnings: [] });
  expect(discord.calls).toHaveLength(2);
});

test.each([
  ['cut' as const, 'Discord could not be reached'],
  ['html' as const, 'Discord answered with status 503'],
])('%s: the old name is answered with a warning, and Discord is left alone for a while', async (trouble, warning) => {
  const discord = await LocalDiscord.start();
  discord.add(ADA);
  const { clock, resolve } = open(engine(), discord);
  await resolve([ADA.id]);
  clock.advance(31 * MINUTE);
  discord.troubles.push(trouble);
  const { identities, warnings } = await resolve([ADA.id]);
  expect(warnings).toEqual([warning]);
  expect(identities.get(ADA.id)?.display_name).toBe('Ada');
  await resolve([ADA.id]);
  expect(discord.calls).toHaveLength(2);
  clock.advance(6_000);
  expect(await resolve([ADA.id])).toMatchObject({ warnings: [] });
});

test('who asks does not wait for ever: late names come later', async () => {
  const discord = await LocalDiscord.start();
  discord.add(ADA);
  discord.troubles.push('silent');
  const { clock, resolve, directory } = open(engine(), discord);
  const resolving = resolve([ADA.id]);
  await expect.poll(() => discord.calls.length).toBe(1);
  clock.advance(4_000);
  expect(await resolving).toMatchObject({ warnings: [expect.stringContaining('come later')] });
  directory[Symbol.dispose]();
});

test('without the bot in the guild names are had from users; a wrong token is told without showing it', async () => {
  const discord = await LocalDiscord.start();
  discord.add(ADA);
  const { directory } = open(engine(), discord);
  const elsewhere = await directory.resolve({ org: 1, stream: '111111111111111111' }, [ADA.id]);
  expect(elsewhere.identities.get(ADA.id)).toMatchObject({ state: 'user', display_name: 'Ada' });
  const refused = await open(engine(), discord, { token: 'wrong-token' }).resolve([ADA.id]);
  expect(refused.warnings).toEqual(['Discord refuses the bot token']);
});

test('the budget of calls is kept', async () => {
  const discord = await LocalDiscord.start();
  const people = many(20);
  for (const user of people) discord.add(user);
  const { clock, resolve } = open(engine(), discord, { callsPerMinute: 12 });
  const ids = people.map(({ id }) => id);
  expect((await resolve(ids)).warnings).toEqual(['the budget of 12 calls a minute to Discord is spent']);
  expect(discord.calls).toHaveLength(12);
  clock.advance(MINUTE);
  expect((await resolve(ids)).identities.size).toBe(20);
});

test.each([
  [
    'the guild’s own',
    { ...ADA },
    { guild: '1', avatar: 'a_ff' },
    `/guilds/1/users/${ADA.id}/avatars/a_ff.gif?size=128`,
  ],
  ['one that stands still', { ...ADA, avatar: 'ff' }, undefined, `/avatars/${ADA.id}/ff.webp?size=128`],
  [
    'default by id for new names',
    { id: '1151234567890123456', username: 'x', discriminator: '0' },
    undefined,
    '/embed/avatars/0.png',
  ],
  [
    'default by number for old names',
    { id: '1', username: 'x', discriminator: '0007' },
    { guild: '1', avatar: null },
    '/embed/avatars/2.png',
  ],
])('avatars: %s', (_, user, member, path) => {
  expect(discordAvatarUrl(user, member)).toBe(`https://cdn.discordapp.com${path}`);
});

test('the default picture counts with all 64 bits', () => {
  // Rounded to a number this id would be one more, and its picture another one.
  expect(discordAvatarUrl({ id: '1149239296016777215', username: 'x' })).toBe(
    'https://cdn.discordapp.com/embed/avatars/1.png',
  );
});

test.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', 'fd00::1', 'fe80::1', '::ffff:192.168.0.1', '0.0.0.0'])(
  '%s is no public address',
  (address) => expect(isPrivate(address)).toBe(true),
);
test.each(['162.159.128.233', '2606:4700::1'])('%s is a public address', (address) =>
  expect(isPrivate(address)).toBe(false),
);
