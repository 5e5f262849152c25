/** What a check found: `warn` works but should be looked at, `fail` does not work. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** What to do about it. */
  readonly mend?: string;
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });
export const warn = (check: string, text: string, mend: string): Finding => ({ check, state: 'warn', text, mend });
export const fail = (check: string, text: string, mend: string): Finding => ({ check, state: 'fail', text, mend });
