import { z } from 'zod';

/** One other service to sign in with. `clientId` and `clientSecret` are what the service gave for this installation. */
export type ProviderConfig =
  | {
      kind: 'oidc';
      /** Part of addresses: `company`. */
      id: string;
      /** For people: `Company`. */
      title?: string;
      /** `https://login.example.org`; the rest is found there. */
      issuer: string;
      clientId: string;
      clientSecret: string;
    }
  | { kind: 'github' | 'discord'; id?: string; title?: string; clientId: string; clientSecret: string };

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be small letters, digits and hyphens');
const client = { clientId: z.string().min(1), clientSecret: z.string().min(1) };

/** An address of the service; plain HTTP only where it cannot leave this machine. */
const address = z
  .string()
  .refine((text) => isSafe(text), 'must begin with https://; http:// works for 127.0.0.1 and localhost only');

const endpoints = z.strictObject({ authorize: address, token: address, api: address }).optional();

const plain = <Kind extends 'github' | 'discord'>(kind: Kind, title: string) =>
  z.strictObject({
    kind: z.literal(kind),
    id: id.default(kind),
    title: z.string().min(1).max(40).default(title),
    ...client,
    /** Where an installation of the service's own software is; the public service when left out. */
    endpoints,
  });

export const providerSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('oidc'),
      id,
      title: z.string().min(1).max(40).optional(),
      issuer: address,
      ...client,
    }),
    plain('github', 'GitHub'),
    plain('discord', 'Discord'),
  ])
  .transform((provider) => ({ ...provider, title: provider.title ?? provider.id }));

export type ProviderSettings = z.infer<typeof providerSchema>;

function isSafe(text: string): boolean {
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return true;
  return url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}
