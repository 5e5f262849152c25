import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

export interface Claims {
  readonly email?: string;
  readonly email_verified?: boolean;
}

export interface OidcPeer extends AsyncDisposable {
  readonly issuer: string;
  /** Signs somebody in at `address` as his browser would; resolves with where it is sent back to. */
  signIn(address: string, subject: string): Promise<URL>;
}

export const CLIENT = { clientId: 'varve', clientSecret: 'a secret of the tests' };

/** A real OpenID provider on loopback, with one client. `claims` says who its people are. */
export async function startOidcPeer(redirectUri: string, claims: (subject: string) => Claims): Promise<OidcPeer> {
  let handle: ReturnType<Provider['callback']> = (_request, response) => void response.end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: async () => ({ sub: accountId, ...claims(accountId) }),
    }),
    pkce: { required: () => true },
    cookies: { keys: ['a key of the tests'] },
  });
  handle = provider.callback();
  return {
    issuer,
    signIn: (address, subject) => walk(address, subject, issuer),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Follows redirects, and fills in the two forms that stand in the way. */
async function walk(address: string, subject: string, issuer: string): Promise<URL> {
  const jar = new Map<string, string>();
  let next = new URL(address);
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step++) {
    if (next.origin !== issuer) return next;
    const response = await fetch(next, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { body: form } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';', 1);
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const body = await response.text();
    const location = response.headers.get('location');
    form = undefined;
    if (location !== null) next = new URL(location, next);
    else if (body.includes('name="login"'))
      form = new URLSearchParams({ prompt: 'login', login: subject, password: 'x' });
    else if (body.includes('value="consent"')) form = new URLSearchParams({ prompt: 'consent' });
    else throw new Error(`the provider answered ${response.status}: ${body.slice(0, 300)}`);
  }
  throw new Error('the provider sends in circles');
}
