import { createServer, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { providerSchema } from '../../../src/accounts/provider-config.ts';
import { openProviders } from '../../../src/accounts/sign-in-provider.ts';
import type { MeBody } from '../../../src/http/accounts-contract.ts';
import { CLIENT, type Claims, type OidcPeer, startOidcPeer } from '../../support/oidc-peer.ts';
import { useStore } from '../test-app.ts';
import { type AccountsApp, ask, openAccountsApp } from './rig.ts';

const engine = useStore();
const PUBLIC = 'http://varve.example';

interface Opened {
  readonly made: AccountsApp;
  readonly peer: OidcPeer;
}

async function openWithOidc(claims: (subject: string) => Claims): Promise<Opened> {
  const peer = await startOidcPeer(`${PUBLIC}/api/sign-in/company/callback`, claims);
  onTestFinished(() => peer[Symbol.asyncDispose]());
  const settings = providerSchema.parse({
    kind: 'oidc',
    id: 'company',
    title: 'Company',
    issuer: peer.issuer,
    ...CLIENT,
  });
  const made = await openAccountsApp(engine(), { publicUrl: PUBLIC, providers: openProviders([settings]) });
  return { made, peer };
}

const cookiesIn = (header: unknown): string =>
  [header]
    .flat()
    .map((cookie) => String(cookie).split(';', 1)[0])
    .join('; ');

const begin = async ({ made }: Pick<Opened, 'made'>, to = '/series/abc?window=1h', provider = 'company') => {
  const url = `/api/sign-in/${provider}?${new URLSearchParams({ to })}`;
  const { status, headers } = await ask(made.app, { url });
  expect(status).toBe(302);
  return { address: String(headers.location), cookie: cookiesIn(headers['set-cookie']) };
};

const comeBack = ({ made }: Pick<Opened, 'made'>, back: URL, cookie: string) =>
  ask(made.app, { url: back.pathname + back.search, headers: { cookie } });

const whoIs = async ({ made }: Pick<Opened, 'made'>, header: unknown): Promise<string | undefined> => {
  const { body } = await ask(made.app, { url: '/api/me', headers: { cookie: cookiesIn(header) } });
  return (JSON.parse(body) as MeBody).user?.email;
};

test('a person of a provider signs in as the user of his verified address, and stays that user when the address changes', async () => {
  let email = '';
  const opened = await openWithOidc(() => ({ email, email_verified: true }));
  const user = await opened.made.userIn(opened.made.org, 'viewer');
  email = user.email.toUpperCase();
  for (const round of [1, 2]) {
    const { address, cookie } = await begin(opened);
    const asked = new URL(address).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('state')).toMatch(/\S{20}/);
    expect(asked.get('nonce')).toMatch(/\S{20}/);
    const { status, headers } = await comeBack(opened, await opened.peer.signIn(address, 'subject-1'), cookie);
    expect([status, headers.location], `round ${round}`).toEqual([302, '/series/abc?window=1h']);
    expect(await whoIs(opened, headers['set-cookie'])).toBe(user.email);
    email = 'somebody-else@http.example';
  }
});

test.each([
  ['has no account here', { email: 'stranger@http.example', email_verified: true }, 'ask to be invited'],
  ['has an address that is not verified', { email: 'KNOWN', email_verified: false }, 'no verified address'],
  ['has no address', {}, 'no verified address'],
])('who %s is not let in, and told why', async (_name, claims: Claims, why) => {
  let known = '';
  const opened = await openWithOidc(() => (claims.email === 'KNOWN' ? { ...claims, email: known } : claims));
  known = (await opened.made.userIn(opened.made.org, 'owner')).email;
  const { address, cookie } = await begin(opened, '/');
  const { headers } = await comeBack(opened, await opened.peer.signIn(address, `subject-of-${why}`), cookie);
  const location = new URL(String(headers.location), PUBLIC);
  expect(location.searchParams.get('sign-in-refused')).toContain(why);
  expect(cookiesIn(headers['set-cookie'])).not.toMatch(/varve=[0-9a-f]/);
});

test('what comes back must be what was sent: state, browser, code, time', async () => {
  let email = '';
  const opened = await openWithOidc(() => ({ email, email_verified: true }));
  email = (await opened.made.userIn(opened.made.org, 'viewer')).email;
  const { address, cookie } = await begin(opened, '/');
  const back = await opened.peer.signIn(address, 'subject-2');
  const refused = async (where: URL, held: string) => {
    const { status, headers } = await comeBack(opened, where, held);
    expect(status).toBe(302);
    expect(cookiesIn(headers['set-cookie'])).not.toMatch(/varve=[0-9a-f]/);
    return new URL(String(headers.location), PUBLIC).searchParams.get('sign-in-refused');
  };
  const otherState = new URL(back);
  otherState.searchParams.set('state', 'x'.repeat(40));
  const otherCode = new URL(back);
  otherCode.searchParams.set('code', 'x'.repeat(40));
  const elsewhere = await begin(opened, '/');
  expect(await refused(otherState, cookie)).toContain('did not confirm');
  expect(await refused(otherCode, cookie)).toContain('did not confirm');
  expect(await refused(back, elsewhere.cookie)).toContain('did not confirm');
  expect(await refused(back, '')).toContain('another browser');
  expect(await refused(back, `${cookie.slice(0, -4)}AAAA`)).toContain('another browser');
  opened.made.clock.advance(10 * 60_000);
  expect(await refused(back, cookie)).toContain('took too long');
});

test('it leads back to pages of this server only', async () => {
  const opened = await openWithOidc(() => ({}));
  for (const to of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '\t//evil.example',
  ]) {
    const { address, cookie } = await begin(opened, to);
    const back = await opened.peer.signIn(address, 'subject-3');
    const { headers } = await comeBack(opened, back, cookie);
    expect(String(headers.location), to).toMatch(/^\/\?sign-in-refused=/);
  }
});

test('a provider that is away is said so, and there is none but those configured', async () => {
  const peer = await startOidcPeer(PUBLIC, () => ({}));
  await peer[Symbol.asyncDispose]();
  const settings = providerSchema.parse({ kind: 'oidc', id: 'gone', issuer: peer.issuer, ...CLIENT });
  const made = await openAccountsApp(engine(), { publicUrl: PUBLIC, providers: openProviders([settings]) });
  expect((await ask(made.app, { url: '/api/sign-in/gone' })).status).toBe(503);
  expect((await ask(made.app, { url: '/api/sign-in/other' })).status).toBe(404);
  const { body } = await ask(made.app, { url: '/api/sign-in' });
  expect(JSON.parse(body).providers).toEqual([{ id: 'gone', title: 'gone' }]);
});

/** As GitHub and Discord answer: OAuth 2 without identity tokens, and an API that says who somebody is. */
async function startOAuthPeer(answers: Readonly<Record<string, unknown>>): Promise<string> {
  const server = createServer((request, response) => {
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const path = request.url ?? '';
    if (path === '/token') {
      void bodyOf(request).then((form) => {
        const fits =
          form.get('code') === 'the code' &&
          form.get('client_secret') === CLIENT.clientSecret &&
          (form.get('code_verifier') ?? '').length >= 43;
        reply(
          fits ? 200 : 400,
          fits ? { access_token: 'the token', token_type: 'bearer' } : { error: 'invalid_grant' },
        );
      });
    } else if (request.headers.authorization === 'Bearer the token') reply(path in answers ? 200 : 404, answers[path]);
    else reply(401, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const part of request) text += String(part);
  return new URLSearchParams(text);
}

const githubAnswers = (email: string, verified = true) => ({
  '/user': { id: 4711, login: 'ada', email: 'public-and-not-his@http.example' },
  '/user/emails': [
    { email: 'old@http.example', primary: false, verified: true },
    { email, primary: true, verified },
  ],
});
const discordAnswers = (email: string, verified = true) => ({ '/users/@me': { id: '42', email, verified } });

test.each([
  ['github', githubAnswers],
  ['discord', discordAnswers],
] as const)('%s says who somebody is, and its unverified addresses count for nothing', async (kind, answersOf) => {
  for (const verified of [true, false]) {
    const answers: Record<string, unknown> = {};
    const peer = await startOAuthPeer(answers);
    const endpoints = { authorize: `${peer}/authorize`, token: `${peer}/token`, api: peer };
    const settings = providerSchema.parse({ kind, id: `${kind}-${verified}`, endpoints, ...CLIENT });
    const made = await openAccountsApp(engine(), { publicUrl: PUBLIC, providers: openProviders([settings]) });
    const user = await made.userIn(made.org, 'viewer');
    Object.assign(answers, answersOf(user.email, verified));
    const { address, cookie } = await begin({ made }, '/', settings.id);
    const asked = new URL(address);
    expect(asked.origin).toBe(peer);
    const back = new URL(asked.searchParams.get('redirect_uri') ?? '');
    back.searchParams.set('code', 'the code');
    back.searchParams.set('state', asked.searchParams.get('state') ?? '');
    const { headers } = await comeBack({ made }, back, cookie);
    if (verified) expect(await whoIs({ made }, headers['set-cookie'])).toBe(user.email);
    else expect(String(headers.location)).toContain('sign-in-refused');
  }
});
