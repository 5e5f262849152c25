import type { IdentityState } from '../../store/identities.ts';

/** What a provider says of an id. */
export interface Person {
  readonly state: IdentityState;
  readonly username: string | null;
  readonly globalName: string | null;
  /** The name to show. */
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
}

export const UNKNOWN: Person = {
  state: 'unknown',
  username: null,
  globalName: null,
  displayName: null,
  avatarUrl: null,
};

/** Knows whom ids name. A new one is a file beside this and a kind in the configuration. */
export interface IdentityProvider {
  readonly name: string;
  /** Whether ids of this shape are its own. */
  accepts(id: string): boolean;
  /**
   * Whom an id of a stream names; `UNKNOWN` where nobody has it. Throws `IdentityFailure` when that cannot be found out now. `signal` ends
   * with the server.
   */
  find(stream: string, id: string, signal: AbortSignal): Promise<Person>;
}

/** Why nobody could be asked, in words for a reader: no address, no token. */
export class IdentityFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IdentityFailure';
  }
}
