import type { ProviderSettings } from './provider-config.ts';

/** Another service that says who somebody is. */
export interface SignInProvider {
  /** What its addresses and links are named by. */
  readonly id: string;
  /** For people: "GitHub". */
  readonly title: string;
}

export const openProviders = (settings: readonly ProviderSettings[]): readonly SignInProvider[] =>
  settings.map(({ id, title }) => ({ id, title }));
