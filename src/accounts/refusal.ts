/** Why a request about accounts is not fulfilled. */
export type RefusalKind = 'invalid' | 'wrong-credentials' | 'not-found' | 'conflict' | 'too-many' | 'forbidden';

/** An error whose words are meant for the caller: they name the mend, and tell nothing that a stranger should not know. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  /** The field to mend, for `invalid`. */
  readonly field: string | undefined;
  /** Milliseconds, for `too-many`. */
  readonly wait: number | undefined;

  constructor(kind: RefusalKind, message: string, { field, wait }: { field?: string; wait?: number } = {}) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
    this.field = field;
    this.wait = wait;
  }
}
