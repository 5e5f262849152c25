import type { IdentitySettings } from '../activity-config.ts';
import type { IdentityProvider } from './provider.ts';

/** Names that the configuration gives. */
export function staticTable({ table }: Extract<IdentitySettings, { kind: 'static' }>): IdentityProvider {
  return {
    name: 'static',
    accepts: (id) => Object.hasOwn(table, id),
    find: async (_stream, id) => {
      const { name, username, avatarUrl } = table[id] as (typeof table)[string];
      return {
        state: 'member',
        username: username ?? null,
        globalName: null,
        displayName: name,
        avatarUrl: avatarUrl ?? null,
      };
    },
  };
}
