import type { Clock } from '../../domain/time.ts';
import type { Engine } from '../../store/engine.ts';
import type { IdentitySettings } from '../activity-config.ts';
import { IdentityDirectory } from './directory.ts';
import { Discord } from './discord.ts';
import { GitHub } from './github.ts';
import type { IdentityProvider } from './provider.ts';
import { staticTable } from './static-table.ts';

/** The directory of the configured providers; the first that accepts an id is asked. */
export const openDirectory = (engine: Engine, settings: readonly IdentitySettings[], clock: Clock): IdentityDirectory =>
  new IdentityDirectory(
    engine,
    settings.map((one) => open(one, clock)),
    clock,
  );

function open(settings: IdentitySettings, clock: Clock): IdentityProvider {
  switch (settings.kind) {
    case 'static':
      return staticTable(settings);
    case 'discord':
      return new Discord(settings, clock);
    case 'github':
      return new GitHub(settings, clock);
  }
}
