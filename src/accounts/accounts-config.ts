import { z } from 'zod';
import { type ProviderConfig, providerSchema } from './provider-config.ts';

/** What `varve.config.ts` may say about accounts. */
export interface AccountsConfig {
  /** How browsers reach this server, when it is behind a proxy or has a name: `https://varve.example.org`. */
  publicUrl?: string;
  /** Addresses or networks of proxies in front, whose `X-Forwarded-For` is believed: `['127.0.0.1', '10.0.0.0/8']`. */
  trustedProxies?: string[];
  /** Other services to sign in with. */
  signIn?: ProviderConfig[];
}

const publicUrl = z
  .string()
  .refine((text) => isPublicUrl(text), 'must be like https://varve.example.org, without a path')
  .transform((text) => new URL(text).origin);

export const accountsSchema = z
  .strictObject({
    publicUrl: publicUrl.optional(),
    trustedProxies: z.array(z.string().min(1)).default([]),
    signIn: z
      .array(providerSchema)
      .default([])
      .refine(
        (providers) => new Set(providers.map(({ id }) => id)).size === providers.length,
        'each needs an id of its own',
      ),
  })
  .prefault({});

/** How people sign in, with every default filled in. */
export interface AccountsSettings extends z.infer<typeof accountsSchema> {
  /** False: whoever reaches the server may do everything. */
  readonly on: boolean;
  /** Keys as given by the environment; undefined: those of the data folder. Never shown. */
  readonly secretKey: string | undefined;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Whether only this machine can reach an address. */
export const isLoopback = (host: string): boolean => LOOPBACK.includes(host);

/** What cannot go together; each names the mend. */
export function accountsProblems(on: boolean, host: string): readonly string[] {
  return on || isLoopback(host)
    ? []
    : [`--no-auth: would open everything to whoever reaches ${host}; leave it away, or serve at 127.0.0.1 only`];
}

/** The settings in words, without any secret. */
export function accountsText({ on, publicUrl: url, trustedProxies, signIn }: AccountsSettings): string {
  if (!on) return 'off: whoever reaches this server may do everything';
  return [
    'on',
    ...(url === undefined ? [] : [`at ${url}`]),
    ...(trustedProxies.length === 0 ? [] : [`behind ${trustedProxies.join(', ')}`]),
    ...(signIn.length === 0 ? [] : [`sign-in by ${signIn.map(({ title }) => title).join(', ')}`]),
  ].join(', ');
}

function isPublicUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === '';
}
