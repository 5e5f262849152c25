import type { Setting } from '../../config.ts';
import { table } from './table.ts';

/** Each setting in force, its value, and where it came from. */
export const settingsTable = (settings: readonly Setting[]): string =>
  table(
    [{ title: 'setting' }, { title: 'from' }, { title: 'value' }],
    settings.map(({ name, from, value }) => [name, from, value]),
  );
