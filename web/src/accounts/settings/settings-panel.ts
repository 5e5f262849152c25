import type { MeBody } from '../../../../src/http/accounts-contract.ts';

/** What each part of the settings is given. */
export interface SettingsPanel {
  readonly me: MeBody;
}
