/** What Discord says of a user (discord.com/developers/docs/resources/user). */
export interface DiscordUser {
  readonly id: string;
  readonly username: string;
  readonly global_name?: string | null | undefined;
  /** `0` for the names without a number that replaced the old ones in 2023; bots keep theirs. */
  readonly discriminator?: string | undefined;
  readonly avatar?: string | null | undefined;
}

const CDN = 'https://cdn.discordapp.com';
const SIZE = 128;

/**
 * The picture to show for a user, by the rules of discord.com/developers/docs/reference#image-formatting: that of the guild, else the
 * user's own, else one of the default ones. Moving pictures have a hash that begins with `a_`.
 */
export function discordAvatarUrl(
  user: DiscordUser,
  member?: { guild: string; avatar: string | null | undefined },
): string {
  if (member?.avatar) {
    return `${CDN}/guilds/${member.guild}/users/${user.id}/avatars/${imageOf(member.avatar)}`;
  }
  if (user.avatar) return `${CDN}/avatars/${user.id}/${imageOf(user.avatar)}`;
  return `${CDN}/embed/avatars/${defaultIndex(user)}.png`;
}

const imageOf = (hash: string): string =>
  hash.startsWith('a_') ? `${hash}.gif?size=${SIZE}` : `${hash}.webp?size=${SIZE}`;

/** Ids have 64 bits: a number would round the part that the index is taken from. */
function defaultIndex({ id, discriminator }: DiscordUser): number {
  const number = Number(discriminator ?? '0');
  return number === 0 ? Number((BigInt(id) >> 22n) % 6n) : number % 5;
}
