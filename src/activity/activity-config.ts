import { z } from 'zod';

/** Which events open an item and which answer it, by their subject. */
export interface PairRule {
  /** In addresses and answers: `answer`, `review`. */
  name: string;
  /** The type that opens an item: `app_submitted`. */
  from: string;
  /** The types that close it: `['accept', 'reject']`. */
  to: string[];
}

/** Where names and avatars come from. The first provider that knows ids of a kind is asked. */
export type IdentityRule =
  | {
      kind: 'static';
      /** By id. */
      table: Record<string, { name: string; username?: string; avatarUrl?: string }>;
    }
  | {
      kind: 'discord';
      /** A bot's token; better in the environment as `DISCORD_BOT_TOKEN`. */
      token?: string;
      baseUrl?: string;
      callsPerMinute?: number;
    }
  | {
      kind: 'github';
      /** Better in the environment as `GITHUB_TOKEN`. */
      token?: string;
      baseUrl?: string;
      callsPerMinute?: number;
    };

/** The activity log. */
export interface ActivityConfig {
  /** `app_submitted` to `accept` or `reject` by default. */
  pairs?: PairRule[];
  /** What types are called in counts; `{ app_submitted: 'submitted' }` by default. */
  names?: Record<string, string>;
  /** Live streams that one reader may have open; 20 by default. */
  streamsPerReader?: number;
  /** A stream that is further behind than so many events begins anew instead of catching up; 100,000 by default. */
  longestReplay?: number;
  identities?: IdentityRule[];
}

export type ActivitySettings = z.infer<typeof activitySchema>;
export type PairSettings = ActivitySettings['pairs'][number];
export type IdentitySettings = ActivitySettings['identities'][number];

const type = z.string().regex(/^[A-Za-z0-9][\w.:-]{0,63}$/, 'must be the type of an event');
const upstream = {
  token: z.string().min(1).optional(),
  callsPerMinute: z.int().min(1).max(3_000).default(600),
};

export const activitySchema = z
  .strictObject({
    pairs: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be a short word in lower case'),
          from: type,
          to: z.array(type).min(1).max(20),
        }),
      )
      .max(20)
      .refine((pairs) => new Set(pairs.map(({ name }) => name)).size === pairs.length, 'names must differ')
      .refine((pairs) => pairs.every(({ from, to }) => !to.includes(from)), 'a type cannot answer itself')
      .default([{ name: 'answer', from: 'app_submitted', to: ['accept', 'reject'] }]),
    names: z.record(z.string(), type).default({ app_submitted: 'submitted' }),
    streamsPerReader: z.int().min(1).max(10_000).default(20),
    longestReplay: z.int().min(100).max(10_000_000).default(100_000),
    identities: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({
            kind: z.literal('static'),
            table: z.record(
              z.string(),
              z.strictObject({
                name: z.string().min(1),
                username: z.string().optional(),
                avatarUrl: z.url({ protocol: /^https?$/ }).optional(),
              }),
            ),
          }),
          z.strictObject({
            kind: z.literal('discord'),
            baseUrl: z.url({ protocol: /^https?$/ }).default('https://discord.com/api/v10'),
            ...upstream,
          }),
          z.strictObject({
            kind: z.literal('github'),
            baseUrl: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
            ...upstream,
          }),
        ]),
      )
      .default([]),
  })
  .prefault({});

/**
 * With the tokens of the environment, which go before those of the file. A token of Discord's is enough to ask Discord: then members of guilds have
 * names without a word in the file.
 */
export function withTokens(
  settings: ActivitySettings,
  tokens: { readonly discord: string | undefined; readonly github: string | undefined },
): ActivitySettings {
  const identities = settings.identities.map((identity) => {
    const token = identity.kind === 'static' ? undefined : tokens[identity.kind];
    return token === undefined || identity.kind === 'static' ? identity : { ...identity, token };
  });
  const isNamed = identities.some(({ kind }) => kind === 'discord');
  if (tokens.discord !== undefined && !isNamed) {
    const discord = activitySchema.parse({ identities: [{ kind: 'discord', token: tokens.discord }] }).identities;
    return { ...settings, identities: [...identities, ...discord] };
  }
  return { ...settings, identities };
}

/** For people, without a secret. */
export function activityText({ pairs, identities }: ActivitySettings): string {
  const paired =
    pairs.map(({ name, from, to }) => `${name}: ${from} to ${to.join(' or ')}`).join('; ') || 'nothing paired';
  const named = identities.map((one) =>
    one.kind === 'static' ? 'a table' : `${one.kind}${one.token === undefined ? ' without a token' : ''}`,
  );
  return `${paired}; names from ${named.join(', ') || 'nowhere'}`;
}
