import { z } from 'zod';
import type { Clock } from '../../domain/time.ts';
import type { IdentitySettings } from '../activity-config.ts';
import { type DiscordUser, discordAvatarUrl } from './discord-avatar.ts';
import { DiscordLimits } from './discord-limits.ts';
import { IdentityFailure, type IdentityProvider, type Person, UNKNOWN } from './provider.ts';
import { Upstream, type UpstreamAnswer } from './upstream.ts';

const user = z.object({
  id: z.string(),
  username: z.string(),
  global_name: z.string().nullish(),
  discriminator: z.string().optional(),
  avatar: z.string().nullish(),
});
const member = z.object({ user, nick: z.string().nullish(), avatar: z.string().nullish() });

/** Codes of answers (discord.com/developers/docs/topics/opcodes-and-status-codes#json). */
const UNKNOWN_GUILD = 10_004;
const UNKNOWN_MEMBER = 10_007;
const UNKNOWN_USER = 10_013;
const MISSING_ACCESS = 50_001;
const ATTEMPTS = 3;
/** In the form that Discord asks for; others are refused. */
const USER_AGENT = 'DiscordBot (varve, 1)';

/** Members of a guild by a bot's token; the stream is the guild's id. Who has left is asked for as a user and marked. */
export class Discord implements IdentityProvider {
  readonly name = 'discord';
  readonly #upstream: Upstream;
  readonly #limits: DiscordLimits;
  readonly #clock: Clock;
  readonly #hasToken: boolean;

  constructor(settings: Extract<IdentitySettings, { kind: 'discord' }>, clock: Clock) {
    const { token, baseUrl, callsPerMinute } = settings;
    const headers = { 'user-agent': USER_AGENT, ...(token === undefined ? {} : { authorization: `Bot ${token}` }) };
    this.#upstream = new Upstream({ name: 'Discord', baseUrl, callsPerMinute }, headers, clock);
    this.#limits = new DiscordLimits(clock);
    this.#clock = clock;
    this.#hasToken = token !== undefined;
  }

  accepts(id: string): boolean {
    return /^\d{15,20}$/.test(id);
  }

  async find(guild: string, id: string, signal: AbortSignal): Promise<Person> {
    if (!this.#hasToken) throw new IdentityFailure('there is no token for Discord; set DISCORD_BOT_TOKEN');
    if (!this.accepts(guild)) return this.#findUser(id, 'user', signal);
    const answer = await this.#get(`/guilds/${guild}/members/${id}`, `guilds ${guild} members`, signal);
    if (answer.status === 200) {
      const found = member.safeParse(answer.body);
      if (!found.success) throw new IdentityFailure('Discord answered something that is no member');
      const { user: of, nick, avatar } = found.data;
      return person('member', of, nick ?? null, { guild, avatar });
    }
    switch (codeOf(answer)) {
      case UNKNOWN_MEMBER:
        return this.#findUser(id, 'departed', signal);
      case UNKNOWN_GUILD:
      case MISSING_ACCESS:
        // The bot is not in the guild: names are still to be had, but not who is a member.
        return this.#findUser(id, 'user', signal);
      case UNKNOWN_USER:
        return UNKNOWN;
      default:
        throw failure(answer);
    }
  }

  async #findUser(id: string, state: 'departed' | 'user', signal: AbortSignal): Promise<Person> {
    const answer = await this.#get(`/users/${id}`, 'users', signal);
    if (answer.status === 200) {
      const found = user.safeParse(answer.body);
      if (!found.success) throw new IdentityFailure('Discord answered something that is no user');
      return person(state, found.data, null);
    }
    if (codeOf(answer) === UNKNOWN_USER) return UNKNOWN;
    throw failure(answer);
  }

  /** Waits where Discord asks for a short time, and asks again. */
  async #get(path: string, route: string, signal: AbortSignal): Promise<UpstreamAnswer> {
    for (let attempt = 1; ; attempt++) {
      for (let wait = this.#limits.take(route); wait > 0; wait = this.#limits.take(route))
        await this.#pause(wait, signal);
      const answer = await this.#upstream.get(path, signal);
      this.#limits.hear(route, answer);
      if (answer.status !== 429) return answer;
      if (attempt === ATTEMPTS) throw new IdentityFailure('Discord asks to wait again and again');
    }
  }

  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        cancel();
        reject(new IdentityFailure('the server is stopping'));
      };
      const cancel = this.#clock.after(milliseconds, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

function person(
  state: 'member' | 'departed' | 'user',
  of: DiscordUser,
  nick: string | null,
  inGuild?: { guild: string; avatar: string | null | undefined },
): Person {
  return {
    state,
    username: of.username,
    globalName: of.global_name ?? null,
    displayName: nick ?? of.global_name ?? of.username,
    avatarUrl: discordAvatarUrl(of, inGuild),
  };
}

const codeOf = ({ body }: UpstreamAnswer): number | undefined => {
  const code = (body as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
};

function failure({ status }: UpstreamAnswer): IdentityFailure {
  if (status === 401) return new IdentityFailure('Discord refuses the bot token');
  if (status === 403) return new IdentityFailure('Discord does not let the bot see members of this guild');
  return new IdentityFailure(`Discord answered with status ${status}`);
}
