import type { FastifyInstance, InjectOptions } from 'fastify';
import { credentialText } from '../../../src/accounts/credential.ts';
import { issueToken } from '../../../src/accounts/issue-token.ts';
import type { Role, Scope } from '../../../src/accounts/permissions.ts';
import { SecretBox } from '../../../src/accounts/secret-box.ts';
import { type AccountServices, COMMAND_LINE } from '../../../src/accounts/services.ts';
import { newSession } from '../../../src/accounts/session-rules.ts';
import type { Access } from '../../../src/http/access.ts';
import type { AccountsContext, HttpContext } from '../../../src/http/context.ts';
import { ensureOrg, type Org } from '../../../src/store/catalog.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { setMembership } from '../../../src/store/memberships.ts';
import { addSession } from '../../../src/store/sessions.ts';
import { addUser, type User } from '../../../src/store/users.ts';
import { openTestApp, type TestApp } from '../test-app.ts';

const KEY = Buffer.alloc(32, 7);

export interface Route {
  readonly method: string;
  readonly url: string;
  readonly access: Access | undefined;
  /** Where a route takes more than others. */
  readonly bodyLimit: number | undefined;
  /** It takes bodies of its own kind, as they arrive. */
  readonly takesAnyBody: boolean;
}

/** An app with accounts on, and ways to be somebody. */
export interface AccountsApp extends TestApp {
  readonly services: AccountServices;
  /** Every route that the app serves. */
  readonly routes: readonly Route[];
  userIn(org: Org, role: Role): Promise<User>;
  /** A cookie header of a new session, without the cost of a password. */
  cookieOf(user: User, org?: Org): Promise<string>;
  /** The text of a token that the command line made. */
  tokenOf(org: Org, ...scopes: Scope[]): Promise<string>;
  /** Another org beside that of the installation. */
  otherOrg(): Promise<Org>;
}

let count = 0;

export async function openAccountsApp(
  engine: Engine,
  context: Partial<AccountsContext> = {},
  rest: Partial<HttpContext> = {},
): Promise<AccountsApp> {
  const accounts = { box: new SecretBox([KEY]), providers: [], publicUrl: undefined, trustedProxies: [], ...context };
  const made = await openTestApp(engine, { context: { accounts, ...rest } });
  const { app, clock, org } = made;
  const services: AccountServices = { engine, clock, home: org };
  return {
    ...made,
    services,
    routes: await routesOf(app),
    userIn: (there, role) =>
      engine.write(async ({ database }) => {
        const email = `${role}-${count++}@http.example`;
        const user = await addUser(database, { email, name: role, password: null }, clock.now());
        if (!user) throw new Error('the address is new');
        await setMembership(database, there.number, user.number, role, clock.now());
        return user;
      }),
    cookieOf: (user, there) =>
      engine.write(async ({ database }) => {
        const origin = { address: '127.0.0.1', agent: 'test' };
        const { session, credential } = newSession(user.number, there?.number ?? null, origin, clock.now());
        await addSession(database, session);
        return `varve=${credentialText(credential)}`;
      }),
    tokenOf: async (there, ...scopes) =>
      (await issueToken(services, there, { name: scopes.join(' '), scopes, expiresAt: null }, COMMAND_LINE)).text,
    otherOrg: () => engine.write(({ database }) => ensureOrg(database, `other-${count++}`, 'Other', clock.now())),
  };
}

async function routesOf(app: FastifyInstance): Promise<readonly Route[]> {
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url, config, bodyLimit }) => {
    for (const one of [method].flat())
      if (one !== 'HEAD')
        routes.push({
          method: one,
          url,
          access: config?.access,
          bodyLimit,
          takesAnyBody: config?.accepts !== undefined,
        });
  });
  await app.ready();
  return routes;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Asks as a program would; a stream is answered by what it says at first. */
export async function ask(app: FastifyInstance, options: InjectOptions): Promise<Answered> {
  const changes = options.method !== undefined && options.method !== 'GET';
  const response = await app.inject({
    ...(changes ? { payload: '{}' } : {}),
    ...options,
    headers: { ...(changes ? { 'content-type': 'application/json' } : {}), ...options.headers },
    payloadAsStream: true,
  } as InjectOptions & { payloadAsStream: true });
  const stream = response.stream();
  let body = '';
  stream.setEncoding('utf8');
  for await (const part of stream) {
    body += String(part);
    if (String(response.headers['content-type']).startsWith('text/event-stream')) break;
  }
  return { status: response.statusCode, headers: response.headers, body };
}

/** The address of a route with something in the place of each parameter. */
export const pathOf = ({ url }: Route, parameters: Readonly<Record<string, string>> = {}): string =>
  url.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(parameters[name] ?? 'x'));

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
