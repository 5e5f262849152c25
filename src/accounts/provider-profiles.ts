import type * as Library from 'openid-client';
import { z } from 'zod';
import type { ProviderSettings } from './provider-config.ts';
import type { ExternalPerson } from './sign-in-provider.ts';

type Tokens = Awaited<ReturnType<typeof Library.authorizationCodeGrant>>;

/** A service as it is talked to. */
export interface Client {
  readonly library: typeof Library;
  readonly configuration: Library.Configuration;
  /** Where a service without identity tokens says who somebody is. */
  readonly api: string;
  readonly scope: string;
  /** It gives identity tokens. */
  readonly withNonce: boolean;
  personOf(client: Client, tokens: Tokens): Promise<ExternalPerson>;
}

interface Profile extends Pick<Client, 'scope' | 'withNonce' | 'personOf'> {
  readonly endpoints: { readonly authorize: string; readonly token: string; readonly api: string };
}

const claimsSchema = z.looseObject({
  sub: z.string(),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
});

/** Some services give the address with the token, others only when asked. */
async function oidcPerson({ library, configuration }: Client, tokens: Tokens): Promise<ExternalPerson> {
  const claims = claimsSchema.parse(tokens.claims());
  const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
  const told =
    claims.email === undefined && hasMore
      ? claimsSchema.parse(await library.fetchUserInfo(configuration, tokens.access_token, claims.sub))
      : claims;
  return {
    subject: claims.sub,
    email: told.email ?? null,
    emailVerified: told.email_verified === true || told.email_verified === 'true',
  };
}

const githubUser = z.looseObject({ id: z.int() });
const githubEmails = z.array(z.looseObject({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** docs.github.com/rest/users/emails: the public address of a profile need not be his; the list says what is verified. */
async function githubPerson(client: Client, tokens: Tokens): Promise<ExternalPerson> {
  const user = githubUser.parse(await ask(client, tokens, '/user'));
  const emails = githubEmails.parse(await ask(client, tokens, '/user/emails'));
  const email = emails.find(({ primary, verified }) => primary && verified);
  return { subject: String(user.id), email: email?.email ?? null, emailVerified: email !== undefined };
}

const discordUser = z.looseObject({ id: z.string(), email: z.string().nullish(), verified: z.boolean().nullish() });

/** discord.com/developers/docs/resources/user, with the scopes `identify` and `email`. */
async function discordPerson(client: Client, tokens: Tokens): Promise<ExternalPerson> {
  const { id, email, verified } = discordUser.parse(await ask(client, tokens, '/users/@me'));
  return { subject: id, email: email ?? null, emailVerified: verified === true };
}

async function ask({ library, configuration, api }: Client, tokens: Tokens, path: string): Promise<unknown> {
  const headers = new Headers({ accept: 'application/json', 'user-agent': 'varve' });
  const address = new URL(`${api}${path}`);
  const response = await library.fetchProtectedResource(
    configuration,
    tokens.access_token,
    address,
    'GET',
    null,
    headers,
  );
  if (!response.ok) throw new Error(`${address.host} answered ${response.status} to ${path}`);
  return response.json();
}

export const PROFILES: Readonly<Record<ProviderSettings['kind'], Profile>> = {
  oidc: {
    scope: 'openid email',
    withNonce: true,
    personOf: oidcPerson,
    endpoints: { authorize: '', token: '', api: '' },
  },
  github: {
    scope: 'read:user user:email',
    withNonce: false,
    personOf: githubPerson,
    endpoints: {
      authorize: 'https://github.com/login/oauth/authorize',
      token: 'https://github.com/login/oauth/access_token',
      api: 'https://api.github.com',
    },
  },
  discord: {
    scope: 'identify email',
    withNonce: false,
    personOf: discordPerson,
    endpoints: {
      authorize: 'https://discord.com/oauth2/authorize',
      token: 'https://discord.com/api/oauth2/token',
      api: 'https://discord.com/api/v10',
    },
  },
};
