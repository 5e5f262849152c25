import { createConnection, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from '../listening.ts';
import { landSamples, minutesUntil, NOW, useStore } from '../test-app.ts';
import { type Answered, ask, bearer, openAccountsApp, pathOf, type Route } from './rig.ts';

const engine = useStore();

const NASTY: readonly (readonly [name: string, text: string])[] = [
  ['a quote', `' or '1'='1`],
  ['another statement', `x'; drop table series; --`],
  ['a union', `x' union select password from "user" --`],
  ['a pattern', '%_%'],
  ['a path upward', '../../../../etc/passwd'],
  ['an encoded path upward', '..%2f..%2f..%2fetc%2fpasswd'],
  ['a null byte', 'x\u0000y'],
  ['a line break', 'x\r\nset-cookie: evil=1'],
  ['markup', '<script>alert(1)</script>'],
  ['an address inside', 'http://169.254.169.254/latest/meta-data'],
  ['a file', 'file:///etc/passwd'],
  ['a prototype', '__proto__'],
  ['a template', '{{7*7}}<%= 7*7 %>'],
  ['not Unicode', '\ud800'],
  ['much', 'x'.repeat(5_000)],
];

const nameOf = ({ method, url }: Route): string => `${method} ${url}`;

/** What no answer may show, whatever was asked. */
function expectHarmless({ status, headers, body }: Answered, where: string): void {
  expect(status, where).toBeLessThan(500);
  expect(body, where).not.toMatch(/root:x:0:0|SQLITE|syntax error|\$argon2id\$|at \w+ \(.*\.ts:\d+/);
  expect(headers['set-cookie'] === undefined || !String(headers['set-cookie']).includes('evil'), where).toBe(true);
  if (body.includes('<script>alert'))
    expect(String(headers['content-type']), where).toMatch(/^application\/(?:problem\+)?json/);
  expect(headers['x-content-type-options'], where).toBe('nosniff');
}

test.each(NASTY)(
  '%s in the place of every parameter, in every query and every body',
  async (_name, text) => {
    const made = await openAccountsApp(engine());
    await landSamples(made, minutesUntil(NOW, 10));
    const headers = bearer(await made.tokenOf(made.org, 'admin'));
    const series = async () => (await engine().reader.selectFrom('series').selectAll().execute()).length;
    const before = await series();
    for (const route of made.routes) {
      const params = Object.fromEntries([...route.url.matchAll(/:(\w+)/g)].map(([, name]) => [name, wellFormed(text)]));
      const query = new URLSearchParams(
        ['search', 'cursor', 'window', 'from', 'tz', 'source', 'kind', 'archive', 'redirect', 'url'].map(
          (name): [string, string] => [name, text],
        ),
      );
      const method = route.method as 'POST';
      const inPath = await ask(made.app, { method, url: pathOf(route, params), headers });
      expectHarmless(inPath, `${nameOf(route)} path`);
      const inQuery = await ask(made.app, { method, url: `${pathOf(route)}?${query}`, headers });
      expectHarmless(inQuery, `${nameOf(route)} query`);
      if (route.method === 'GET') continue;
      const fields = ['link', 'email', 'name', 'password', 'series', 'window', 'role', 'org', 'id', 'from'];
      for (const payload of [
        JSON.stringify(Object.fromEntries(fields.map((name) => [name, text]))),
        JSON.stringify({ [text]: text, constructor: { prototype: { admin: true } } }),
        `{"__proto__":{"admin":true}}`,
        JSON.stringify([text]),
        text,
      ]) {
        expectHarmless(await ask(made.app, { method, url: pathOf(route), headers, payload }), `${nameOf(route)} body`);
      }
    }
    expect(await series()).toBe(before);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  },
  60_000,
);

/** An address cannot hold half a pair of surrogates. */
const wellFormed = (text: string): string => text.toWellFormed();

test('nothing nasty in a header is believed or given back', async () => {
  const made = await openAccountsApp(engine());
  const cookie = await made.cookieOf(await made.userIn(made.org, 'owner'));
  for (const [name, value] of [
    ['x-forwarded-for', '127.0.0.1, evil'],
    ['x-forwarded-host', 'evil.example'],
    ['x-original-url', '/api/tokens'],
    ['x-http-method-override', 'DELETE'],
    ['x-varve-org', `' or 1=1 --`],
    ['user-agent', '<script>alert(1)</script>'],
    ['accept-encoding', 'gzip;q=nonsense'],
    ['if-none-match', '*'.repeat(5_000)],
    ['last-event-id', '1 or 1=1'],
    ['range', 'bytes=0-99999999999'],
  ] as const) {
    for (const url of ['/api/me', '/api/series', '/api/sessions', '/docs']) {
      const answered = await ask(made.app, { url, headers: { cookie, [name]: value } });
      expectHarmless(answered, `${url} ${name}`);
      expect(answered.body, name).not.toContain('evil.example');
    }
  }
});

test('an invite link names the host that was asked, and no other that a header claims', async () => {
  const made = await openAccountsApp(engine(), { publicUrl: 'https://varve.example' });
  const cookie = await made.cookieOf(await made.userIn(made.org, 'owner'));
  const answered = await ask(made.app, {
    method: 'POST',
    url: '/api/invites',
    headers: { cookie, host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    payload: JSON.stringify({ role: 'viewer' }),
  });
  expect(JSON.parse(answered.body).link).toMatch(/^https:\/\/varve\.example\/invite#/);
});

test('the address of a caller is that of the connection unless a known proxy says otherwise', async () => {
  const addressOf = async (trustedProxies: readonly string[]) => {
    const made = await openAccountsApp(engine(), { trustedProxies });
    const payload = JSON.stringify({
      email: `spoof-${trustedProxies.length}@http.example`,
      password: 'whatever it is',
    });
    const statuses: number[] = [];
    for (let count = 0; count < 7; count++) {
      const headers = { 'x-forwarded-for': `198.51.100.${count}` };
      statuses.push((await ask(made.app, { method: 'POST', url: '/api/session', payload, headers })).status);
    }
    const rows = await engine().reader.selectFrom('login_attempt').selectAll().execute();
    await engine().write(({ database }) => database.deleteFrom('login_attempt').execute());
    return { addresses: rows.length - 1, refused: statuses.filter((status) => status === 429).length };
  };
  // One account in both; without a proxy that is known, one address however many are claimed.
  expect(await addressOf([])).toEqual({ addresses: 1, refused: 2 });
  expect(await addressOf(['127.0.0.1'])).toEqual({ addresses: 7, refused: 2 });
});

test('a body that is too large is refused before it is read', async () => {
  const made = await openAccountsApp(engine());
  const headers = bearer(await made.tokenOf(made.org, 'admin'));
  const payload = JSON.stringify({ email: 'x'.repeat(70_000), password: 'x' });
  for (const route of made.routes.filter(({ method }) => method !== 'GET')) {
    if (route.bodyLimit !== undefined || route.takesAnyBody) continue;
    const { status } = await ask(made.app, { method: route.method as 'POST', url: pathOf(route), headers, payload });
    expect([403, 413], nameOf(route)).toContain(status);
  }
});

test('five hundred connections that never end their head keep nobody else waiting, and are ended', async () => {
  const made = await openAccountsApp(engine());
  const port = await listen(made.app);
  const sockets: Socket[] = [];
  await Promise.all(
    Array.from({ length: 500 }, () => {
      const socket = createConnection(port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      return new Promise<void>((resolve) =>
        socket.once('connect', () =>
          socket.write('GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ', () => resolve()),
        ),
      );
    }),
  );
  expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
  // Node ends what is not there in time; its clock is not ours to move.
  expect(made.app.server.headersTimeout).toBeGreaterThan(0);
  expect(made.app.server.headersTimeout).toBeLessThanOrEqual(30_000);
  for (const socket of sockets) socket.destroy();
});

test('two requests in one, for a server behind a proxy to tell apart wrongly, are refused', async () => {
  const made = await openAccountsApp(engine());
  const port = await listen(made.app);
  const smuggled = [
    'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde',
    'GET /api/health HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n',
  ];
  for (const text of smuggled) {
    const socket = createConnection(port, '127.0.0.1');
    socket.write(text);
    let answer = '';
    for await (const part of socket.setEncoding('utf8')) answer += String(part);
    expect(answer, JSON.stringify(text)).toMatch(/^HTTP\/1\.1 400 /);
  }
});
