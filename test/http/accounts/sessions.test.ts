import { expect, test } from 'vitest';
import { makeWelcomeLink } from '../../../src/accounts/first-owner.ts';
import { COMMAND_LINE } from '../../../src/accounts/services.ts';
import { makePasswordLink, makeUser } from '../../../src/accounts/users.ts';
import type { MeBody, SessionListBody } from '../../../src/http/accounts-contract.ts';
import type { ProblemBody } from '../../../src/http/contract.ts';
import { removeMembership } from '../../../src/store/memberships.ts';
import type { User } from '../../../src/store/users.ts';
import { listen, Stream } from '../listening.ts';
import { useStore } from '../test-app.ts';
import { type AccountsApp, ask, bearer, openAccountsApp, pathOf } from './rig.ts';

const engine = useStore();
const PASSWORD = 'correct horse battery';
let count = 0;

// First of all: nobody is there yet.
test('the first run: the page learns of it, the link makes an owner, and there is no second', async () => {
  const made = await openAccountsApp(engine());
  const options = async () => JSON.parse((await ask(made.app, { url: '/api/sign-in' })).body);
  expect(await options()).toEqual({ accounts: true, firstRun: true, providers: [] });
  const link = await makeWelcomeLink(made.services);
  const body = { link, email: 'first@http.example', name: 'First', password: PASSWORD };
  const welcome = () => ask(made.app, { method: 'POST', url: '/api/welcome', payload: JSON.stringify(body) });
  const { status, headers } = await welcome();
  expect(status).toBe(200);
  const me = await ask(made.app, { url: '/api/me', headers: { cookie: cookieIn(headers['set-cookie']) } });
  expect(JSON.parse(me.body)).toMatchObject({
    user: { email: 'first@http.example', hasPassword: true },
    org: { id: made.org.id },
    permissions: ['read', 'ingest', 'edit', 'admin'],
    orgs: [{ id: made.org.id, role: 'owner' }],
  });
  expect(await options()).toMatchObject({ firstRun: false });
  expect((await welcome()).status).toBe(404);
});

const cookieIn = (header: unknown): string => String(header).split(';', 1)[0] as string;

async function signIn(made: AccountsApp, headers: Record<string, string> = {}, password = PASSWORD) {
  const email = `person-${count++}@http.example`;
  const wish = { email, name: 'P', password: PASSWORD, org: made.org, role: 'viewer' } as const;
  const user = await makeUser(made.services, wish, COMMAND_LINE);
  const payload = JSON.stringify({ email, password });
  return { user, email, answered: await ask(made.app, { method: 'POST', url: '/api/session', payload, headers }) };
}

test.each([
  ['plain HTTP', {}, /^varve=[0-9a-f]{18}_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/],
  [
    'a proxy that says HTTPS',
    { 'x-forwarded-proto': 'https' },
    /^__Host-varve=[0-9a-f]{18}_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
  ],
])('the cookie by %s', async (_name, headers, expected) => {
  const made = await openAccountsApp(engine());
  const { answered } = await signIn(made, headers as Record<string, string>);
  expect(answered.status).toBe(200);
  expect(answered.headers['set-cookie']).toMatch(expected);
  expect(answered.headers['cache-control']).toBe('no-store');
});

test('by HTTPS a cookie without the prefix counts for nothing: a neighbouring host could have set it', async () => {
  const made = await openAccountsApp(engine());
  const { answered } = await signIn(made);
  const cookie = cookieIn(answered.headers['set-cookie']);
  const status = async (headers: Record<string, string>) => (await ask(made.app, { url: '/api/me', headers })).status;
  expect(await status({ cookie })).toBe(200);
  expect(await status({ cookie, 'x-forwarded-proto': 'https' })).toBe(401);
  expect(await status({ cookie: `__Host-${cookie}`, 'x-forwarded-proto': 'https' })).toBe(200);
});

test('a session that a browser held before signing in never becomes his', async () => {
  const made = await openAccountsApp(engine());
  const planted = await made.cookieOf(await made.userIn(made.org, 'viewer'));
  const { answered } = await signIn(made, { cookie: planted });
  const cookie = cookieIn(answered.headers['set-cookie']);
  expect(cookie).not.toBe(planted);
  const before = JSON.parse((await ask(made.app, { url: '/api/me', headers: { cookie: planted } })).body) as MeBody;
  const after = JSON.parse((await ask(made.app, { url: '/api/me', headers: { cookie } })).body) as MeBody;
  expect(after.user?.id).not.toBe(before.user?.id);
});

test('a wrong password is a 401 without a cookie, and too many are a 429 that says how long', async () => {
  const made = await openAccountsApp(engine());
  const { email, answered } = await signIn(made, {}, 'not the password');
  expect(answered.status).toBe(401);
  expect(answered.headers['set-cookie']).toBeUndefined();
  const payload = JSON.stringify({ email, password: 'not the password' });
  const again = () => ask(made.app, { method: 'POST', url: '/api/session', payload });
  for (let attempt = 0; attempt < 4; attempt++) expect((await again()).status).toBe(401);
  const { status, headers, body } = await again();
  expect([status, headers['retry-after']]).toEqual([429, '5']);
  expect((JSON.parse(body) as ProblemBody).detail).toContain('try again in 5 s');
});

test('sessions are listed without their secrets; one, the others and all can be ended', async () => {
  const made = await openAccountsApp(engine());
  const user = await made.userIn(made.org, 'viewer');
  const stranger = await made.cookieOf(await made.userIn(made.org, 'viewer'));
  const [mine, second, third] = [await made.cookieOf(user), await made.cookieOf(user), await made.cookieOf(user)];
  const list = await ask(made.app, { url: '/api/sessions', headers: { cookie: mine } });
  const { sessions } = JSON.parse(list.body) as SessionListBody;
  expect(sessions.filter(({ current }) => current)).toHaveLength(1);
  expect(sessions).toHaveLength(3);
  for (const cookie of [mine, second, third]) expect(list.body).not.toContain(cookie.slice(-43));

  const end = (cookie: string, url: string) => ask(made.app, { method: 'DELETE', url, headers: { cookie } });
  const status = async (cookie: string) => (await ask(made.app, { url: '/api/me', headers: { cookie } })).status;
  const secondId = second.slice('varve='.length).split('_', 1)[0] ?? '';
  expect((await end(stranger, `/api/sessions/${secondId}`)).status).toBe(404);
  expect(await status(second)).toBe(200);
  expect((await end(mine, `/api/sessions/${secondId}`)).status).toBe(200);
  expect(await status(second)).toBe(401);
  const everywhere = await end(mine, '/api/sessions');
  expect(JSON.parse(everywhere.body)).toEqual({ ended: 2 });
  expect(everywhere.headers['set-cookie']).toMatch(/^varve=; .*Max-Age=0/);
  expect([await status(mine), await status(third), await status(stranger)]).toEqual([401, 401, 200]);
});

test('signing out ends the session in the store, not only the cookie', async () => {
  const made = await openAccountsApp(engine());
  const cookie = await made.cookieOf(await made.userIn(made.org, 'viewer'));
  await ask(made.app, { method: 'DELETE', url: '/api/session', headers: { cookie } });
  expect((await ask(made.app, { url: '/api/me', headers: { cookie } })).status).toBe(401);
});

test('a new password, and one by a link, begin a new session and end the old ones', async () => {
  const made = await openAccountsApp(engine());
  const { email, answered } = await signIn(made);
  const cookie = cookieIn(answered.headers['set-cookie']);
  const change = (current: string) =>
    ask(made.app, {
      method: 'POST',
      url: '/api/password',
      headers: { cookie },
      payload: JSON.stringify({ current, password: 'a second good password' }),
    });
  const wrong = await change('not it, for sure');
  expect(wrong.status).toBe(400);
  expect(JSON.parse(wrong.body)).toMatchObject({ errors: [{ field: 'current' }] });
  const right = await change(PASSWORD);
  const fresh = cookieIn(right.headers['set-cookie']);
  const status = async (one: string) => (await ask(made.app, { url: '/api/me', headers: { cookie: one } })).status;
  expect([await status(cookie), await status(fresh)]).toEqual([401, 200]);
  const link = await makePasswordLink(made.services, email, COMMAND_LINE);
  const payload = JSON.stringify({ link, password: 'a third good password' });
  const reset = await ask(made.app, { method: 'POST', url: '/api/password/reset', payload });
  expect([await status(fresh), await status(cookieIn(reset.headers['set-cookie']))]).toEqual([401, 200]);
});

const SITES: [string, Record<string, string>, boolean][] = [
  ['this page', { 'sec-fetch-site': 'same-origin', origin: 'http://varve.example', host: 'varve.example' }, true],
  ['this page of an older browser', { origin: 'http://varve.example', host: 'varve.example' }, true],
  ['a program', {}, true],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example', host: 'varve.example' }, false],
  ['another site, older browser', { origin: 'http://evil.example', host: 'varve.example' }, false],
  ['another port', { origin: 'http://varve.example:8080', host: 'varve.example' }, false],
  ['a neighbouring host', { 'sec-fetch-site': 'same-site', origin: 'http://a.varve.example' }, false],
  ['a sandboxed frame', { origin: 'null', host: 'varve.example' }, false],
  ['no JSON', { 'content-type': 'text/plain' }, false],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, false],
];

test.each(SITES)('a change with a cookie from %s', async (_name, headers, passes) => {
  const made = await openAccountsApp(engine());
  const user = await made.userIn(made.org, 'owner');
  for (const route of made.routes.filter(({ method }) => method !== 'GET')) {
    if (route.takesAnyBody) continue;
    const cookie = await made.cookieOf(user);
    const { status, body } = await ask(made.app, {
      method: route.method as 'POST',
      url: pathOf(route),
      headers: { ...headers, cookie },
    });
    const foreign = status === 415 || (status === 403 && body.includes('must come from this page'));
    expect(foreign, `${route.method} ${route.url}: ${status} ${body}`).toBe(!passes);
  }
});

test('a token goes before a cookie, and a bad one is not made up for by a good cookie', async () => {
  const made = await openAccountsApp(engine());
  const cookie = await made.cookieOf(await made.userIn(made.org, 'owner'));
  const headers = { cookie, ...bearer(await made.tokenOf(made.org, 'ingest')) };
  expect((await ask(made.app, { url: '/api/series', headers })).status).toBe(403);
  expect((await ask(made.app, { url: '/api/series', headers: { cookie, ...bearer('x') } })).status).toBe(401);
});

test('credentials of InfluxDB are taken where samples are pushed, and nowhere else', async () => {
  const made = await openAccountsApp(engine());
  const token = await made.tokenOf(made.org, 'admin');
  const status = async (url: string, headers: Record<string, string> = {}) =>
    (await ask(made.app, { url, headers })).status;
  const basic = { authorization: `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}` };
  expect(await status('/api/me', { authorization: `Token ${token}` })).toBe(200);
  expect(await status('/api/me', basic)).toBe(401);
  expect(await status(`/api/me?u=x&p=${token}`)).toBe(401);
  const create = (more: string) => `/query?q=${encodeURIComponent('create database x')}${more}`;
  expect(await status(create(''))).toBe(401);
  expect(await status(create('&u=x&p=wrong'))).toBe(401);
  expect(await status(create(`&u=x&p=${token}`))).toBe(200);
  expect(await status(create(''), basic)).toBe(200);
});

test('X-Varve-Org chooses among the orgs of a person, and a session can be turned for good', async () => {
  const made = await openAccountsApp(engine());
  const other = await made.otherOrg();
  const user = await made.userIn(made.org, 'viewer');
  await engine().write(async ({ database }) => {
    const { setMembership } = await import('../../../src/store/memberships.ts');
    await setMembership(database, other.number, user.number, 'owner', made.clock.now());
  });
  const cookie = await made.cookieOf(user, made.org);
  const orgOf = async (headers: Record<string, string> = {}) =>
    (JSON.parse((await ask(made.app, { url: '/api/me', headers: { cookie, ...headers } })).body) as MeBody).org?.id;
  expect(await orgOf()).toBe(made.org.id);
  expect(await orgOf({ 'x-varve-org': other.id })).toBe(other.id);
  const turn = (org: string) =>
    ask(made.app, { method: 'PUT', url: '/api/session/org', headers: { cookie }, payload: JSON.stringify({ org }) });
  expect((await turn('not-mine')).status).toBe(404);
  expect((await turn(other.id)).status).toBe(200);
  expect(await orgOf()).toBe(other.id);
  const foreign = await ask(made.app, { url: '/api/series', headers: { cookie, 'x-varve-org': 'not-mine' } });
  expect(foreign.status).toBe(403);
});

test('an open stream ends soon after its session', async () => {
  const made = await openAccountsApp(engine());
  const user = await made.userIn(made.org, 'viewer');
  const cookie = await made.cookieOf(user);
  const port = await listen(made.app);
  const stream = await Stream.open(port, '/api/feed', { cookie });
  expect(stream.response.statusCode).toBe(200);
  await expect.poll(() => stream.messages.length).toBe(1);
  made.clock.advance(30_000);
  await expect.poll(() => stream.text).toContain('heartbeat');
  expect(stream.ended).toBe(false);
  await ask(made.app, { method: 'DELETE', url: '/api/sessions', headers: { cookie } });
  // Each look is taken up again when the one before is over.
  await expect
    .poll(() => {
      made.clock.advance(30_000);
      return stream.ended;
    })
    .toBe(true);
});

test('an open stream ends soon after its reader left the org, also where he named it', async () => {
  const made = await openAccountsApp(engine());
  const [stays, leaves] = [await made.userIn(made.org, 'viewer'), await made.userIn(made.org, 'viewer')];
  const port = await listen(made.app);
  const open = async (user: User) =>
    Stream.open(port, '/api/feed', { cookie: await made.cookieOf(user), 'x-varve-org': made.org.id });
  const [kept, over] = [await open(stays), await open(leaves)];
  expect([kept.response.statusCode, over.response.statusCode]).toEqual([200, 200]);
  await made.services.engine.write(({ database }) => removeMembership(database, made.org.number, leaves.number));
  await expect
    .poll(() => {
      made.clock.advance(30_000);
      return over.ended;
    })
    .toBe(true);
  expect(kept.ended).toBe(false);
});
