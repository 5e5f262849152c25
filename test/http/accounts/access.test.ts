import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Permission, permissionsOfScopes, SCOPES, type Scope } from '../../../src/accounts/permissions.ts';
import { guardRoutes } from '../../../src/http/access.ts';
import type { ProblemBody } from '../../../src/http/contract.ts';
import { openTestApp, useStore } from '../test-app.ts';
import { type Answered, ask, bearer, openAccountsApp, pathOf, type Route } from './rig.ts';

const engine = useStore();

/** What everybody may use; a new entry is a decision. */
const PUBLIC = [
  'GET /api/health',
  'GET /api/openapi.json',
  'GET /api/ready',
  'GET /api/sign-in',
  'GET /api/sign-in/:provider',
  'GET /api/sign-in/:provider/callback',
  'GET /docs',
  'GET /health',
  'GET /ping',
  'POST /api/invites/accept',
  'POST /api/invites/read',
  'POST /api/password/reset',
  'POST /api/session',
  'POST /api/welcome',
];

const nameOf = ({ method, url }: Route): string => `${method} ${url}`;

test('every route has a rule, and those for everybody are these', async () => {
  const { routes } = await openAccountsApp(engine());
  expect(routes.length).toBeGreaterThan(30);
  expect(routes.filter(({ access }) => access === undefined).map(nameOf)).toEqual([]);
  expect(
    routes
      .filter(({ access }) => access === 'public')
      .map(nameOf)
      .sort(),
  ).toEqual(PUBLIC);
});

test('a route without a rule ends the start and is named', () => {
  const app = fastify();
  guardRoutes(app, async () => undefined);
  expect(() => app.get('/api/forgotten', async () => 'open')).toThrow(/GET \/api\/forgotten has no rule/);
});

test('the files of the page are for everybody', async () => {
  const webRoot = mkdtempSync(join(tmpdir(), 'varve-web-'));
  onTestFinished(() => rmSync(webRoot, { recursive: true, force: true }));
  writeFileSync(join(webRoot, 'index.html'), '<p>page');
  const { app } = await openTestApp(engine(), {
    context: {
      webRoot,
      accounts: (await openAccountsContext()) ?? null,
    },
  });
  for (const url of ['/', '/index.html', '/series/abc', '/sign-in']) {
    const response = await app.inject({ url, headers: { accept: 'text/html' } });
    expect(response.statusCode, url).toBe(200);
  }
  expect((await app.inject('/api/series')).statusCode).toBe(401);
});

async function openAccountsContext() {
  const { SecretBox } = await import('../../../src/accounts/secret-box.ts');
  return { box: new SecretBox([Buffer.alloc(32)]), providers: [], publicUrl: undefined, trustedProxies: [] };
}

test('whoever shows nothing, or something that is none, is let into nothing but what is for everybody', async () => {
  const { app, routes } = await openAccountsApp(engine());
  const shown: Record<string, string>[] = [
    {},
    { authorization: 'Bearer varve_000000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    { authorization: 'Basic YWRtaW46YWRtaW4=' },
    { authorization: 'varve-key v1.00000000.AAAA' },
    { authorization: 'nonsense' },
    { cookie: 'varve=000000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    { cookie: '__Host-varve=x; varve=' },
    { 'x-varve-org': 'default' },
  ];
  for (const route of routes) {
    for (const headers of shown) {
      const { status, headers: answered } = await ask(app, {
        method: route.method as 'GET',
        url: pathOf(route),
        headers,
      });
      const where = `${nameOf(route)} with ${JSON.stringify(headers)}`;
      if (route.access === 'public') expect(status, where).not.toBe(401);
      else {
        expect(status, where).toBe(401);
        expect(answered['www-authenticate'], where).toMatch(/^Bearer realm="varve"/);
      }
    }
  }
}, 180_000);

describe('scopes', () => {
  const SETS: Scope[][] = [...SCOPES.map((scope) => [scope]), ['ingest', 'read']];

  test.each(SETS)(
    'a token of %s %s may use exactly what it is for',
    async (...scopes) => {
      const made = await openAccountsApp(engine());
      const given = scopes.filter(Boolean);
      const [home, other] = [made.org, await made.otherOrg()];
      for (const org of [home, other]) {
        const token = await made.tokenOf(org, ...given);
        for (const route of made.routes) {
          const answered = await ask(made.app, {
            method: route.method as 'GET',
            url: pathOf(route),
            headers: bearer(token),
          });
          const where = `${nameOf(route)} of ${org.id}: ${answered.status} ${answered.body.slice(0, 200)}`;
          expect(isRefused(answered), where).toBe(!mayToken(route, given, org === home));
          expect(answered.status, where).not.toBe(401);
          expect(answered.status, where).toBeLessThan(500);
        }
        // What the routes did on the way is no concern of the next org.
        if (given.includes('admin'))
          expect((await ask(made.app, { url: '/api/me', headers: bearer(token) })).status).toBe(200);
      }
    },
    60_000,
  );

  test('a refusal names the scope that it takes', async () => {
    const made = await openAccountsApp(engine());
    const refusalOf = async (method: 'GET' | 'POST', url: string, ...scopes: Scope[]) => {
      const { status, body } = await ask(made.app, {
        method,
        url,
        headers: bearer(await made.tokenOf(made.org, ...scopes)),
      });
      return `${status} ${(JSON.parse(body) as ProblemBody).detail}`;
    };
    expect(await refusalOf('GET', '/api/series', 'ingest')).toMatch(/^403 .*needs the scope read in .*has ingest$/);
    expect(await refusalOf('POST', '/api/jobs/x/cancel', 'read')).toMatch(/^403 .*needs the scope admin/);
    expect(await refusalOf('GET', '/api/tokens', 'read')).toMatch(/^403 .*needs the scope admin/);
    expect(await refusalOf('POST', '/api/tokens', 'admin')).toMatch(/^403 a token may not do this/);
    expect(await refusalOf('GET', '/api/sessions', 'admin')).toMatch(/^403 only a person/);
  });
});

describe('roles', () => {
  test.each(['owner', 'editor', 'viewer'] as const)(
    'a session of the %s may use what the role is for',
    async (role) => {
      const made = await openAccountsApp(engine());
      const user = await made.userIn(made.org, role);
      const may: Record<typeof role, Permission[]> = {
        owner: ['read', 'ingest', 'edit', 'admin'],
        editor: ['read', 'ingest', 'edit'],
        viewer: ['read'],
      };
      for (const route of made.routes) {
        const { access } = route;
        if (typeof access !== 'object') continue;
        const cookie = await made.cookieOf(user);
        const answered = await ask(made.app, {
          method: route.method as 'GET',
          url: pathOf(route),
          headers: { cookie },
        });
        const where = `${nameOf(route)}: ${answered.status} ${answered.body.slice(0, 200)}`;
        expect(isRefused(answered), where).toBe(!may[role].includes(access.scope));
        expect(answered.status, where).toBeLessThan(500);
      }
    },
  );

  test('an owner of another org has no say in the installation', async () => {
    const made = await openAccountsApp(engine());
    const other = await made.otherOrg();
    const cookie = await made.cookieOf(await made.userIn(other, 'owner'));
    for (const route of made.routes.filter(({ access }) => typeof access === 'object' && access.of)) {
      const answered = await ask(made.app, { method: route.method as 'GET', url: pathOf(route), headers: { cookie } });
      expect(answered.status, nameOf(route)).toBe(403);
    }
  });

  test('who is in no org is told so', async () => {
    const made = await openAccountsApp(engine());
    const user = await made.userIn(made.org, 'viewer');
    await engine().write(({ database }) => database.deleteFrom('membership').where('user', '=', user.number).execute());
    const { status, body } = await ask(made.app, {
      url: '/api/series',
      headers: { cookie: await made.cookieOf(user) },
    });
    expect([status, (JSON.parse(body) as ProblemBody).detail]).toEqual([
      403,
      expect.stringContaining('you are in no org'),
    ]);
  });
});

/** A refusal of the guard, not one of what the route does. */
const isRefused = ({ status, body }: Answered): boolean =>
  status === 403 && /this token may not|a token may not|only a person|you may not do this/.test(body);

function mayToken({ access }: Route, scopes: readonly Scope[], isHome: boolean): boolean {
  if (access === 'public' || access === 'signed-in') return true;
  if (access === 'person' || access === undefined || access.person) return false;
  return permissionsOfScopes(scopes).has(access.scope) && (access.of === undefined || isHome);
}
