import type { Configuration } from 'openid-client';
import type { ProviderSettings } from './provider-config.ts';
import { type Client, PROFILES } from './provider-profiles.ts';

/** Somebody as another service knows him. */
export interface ExternalPerson {
  /** The service's own name for him, which never changes. */
  readonly subject: string;
  readonly email: string | null;
  /** The service says that the address is his. */
  readonly emailVerified: boolean;
}

/** What must be remembered between sending a browser away and its coming back. */
export interface PendingSignIn {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Another service that says who somebody is. */
export interface SignInProvider {
  /** What its addresses and links are named by. */
  readonly id: string;
  /** For people: "GitHub". */
  readonly title: string;
  /** Where to send a browser. Throws when the service does not answer. */
  begin(redirectUri: string): Promise<{ readonly address: URL; readonly pending: PendingSignIn }>;
  /** Who came back, by the address that he came back to. Throws for a state, code or token that does not fit. */
  finish(search: string, pending: PendingSignIn): Promise<ExternalPerson>;
}

/** Seconds. */
const PATIENCE = 10;

export const openProviders = (settings: readonly ProviderSettings[]): readonly SignInProvider[] =>
  settings.map(openProvider);

/** Loads the library, and asks the service what it offers, at the first sign-in: most installations never have one. */
function openProvider(settings: ProviderSettings): SignInProvider {
  const { id, title } = settings;
  let opening: Promise<Client> | undefined;
  const open = (): Promise<Client> => {
    opening ??= openClient(settings).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    id,
    title,
    begin: async (redirectUri) => {
      const { library, configuration, scope, withNonce } = await open();
      const verifier = library.randomPKCECodeVerifier();
      const pending = { redirectUri, verifier, state: library.randomState(), nonce: library.randomNonce() };
      const address = library.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope,
        state: pending.state,
        code_challenge: await library.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(withNonce ? { nonce: pending.nonce } : {}),
      });
      return { address, pending };
    },
    finish: async (search, { redirectUri, state, nonce, verifier }) => {
      const client = await open();
      const { library, configuration, withNonce, personOf } = client;
      const tokens = await library.authorizationCodeGrant(configuration, new URL(`${redirectUri}${search}`), {
        expectedState: state,
        pkceCodeVerifier: verifier,
        ...(withNonce ? { expectedNonce: nonce, idTokenExpected: true } : {}),
      });
      return personOf(client, tokens);
    },
  };
}

async function openClient(settings: ProviderSettings): Promise<Client> {
  const library = await import('openid-client');
  const { clientId, clientSecret } = settings;
  const profile = PROFILES[settings.kind];
  const plainHttp = (address: string): boolean => address.startsWith('http://');
  let configuration: Configuration;
  let api = '';
  if (settings.kind === 'oidc') {
    // Plain HTTP is possible on loopback only; the configuration refuses it elsewhere.
    const options = {
      timeout: PATIENCE,
      ...(plainHttp(settings.issuer) ? { execute: [library.allowInsecureRequests] } : {}),
    };
    configuration = await library.discovery(new URL(settings.issuer), clientId, clientSecret, undefined, options);
  } else {
    const endpoints = settings.endpoints ?? profile.endpoints;
    api = endpoints.api;
    const issuer = new URL(endpoints.authorize).origin;
    const server = { issuer, authorization_endpoint: endpoints.authorize, token_endpoint: endpoints.token };
    configuration = new library.Configuration(server, clientId, clientSecret);
    configuration.timeout = PATIENCE;
    if (plainHttp(endpoints.token)) library.allowInsecureRequests(configuration);
  }
  const { scope, withNonce, personOf } = profile;
  return { library, configuration, api, scope, withNonce, personOf };
}
