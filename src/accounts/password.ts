import { Refusal } from './refusal.ts';

/** Long enough that five guesses a minute never get there; rules about signs in it are known to make passwords worse (NIST SP 800-63B). */
const LEAST = 10;
/** More would only cost time to hash. */
const MOST = 256;

/** Roots of the passwords that every list of stolen ones begins with; a password made of nothing else is as good as none. */
const COMMON =
  /^(?:password|passwort|qwert[yz]|letmein|welcome|admin|varve|iloveyou|monkey|dragon|abc|[0-9]|[!?.#*_-])+$/i;

/** The form that is hashed: equal however a keyboard composed it. */
export const canonicalPassword = (password: string): string => password.normalize('NFKC');

/** Throws a `Refusal` that names the mend for a password that is too easy to guess. */
export function checkPassword(password: string, email: string, field = 'password'): void {
  const length = [...password].length;
  const problem =
    length < LEAST
      ? `must have at least ${LEAST} characters`
      : length > MOST
        ? `may have at most ${MOST} characters`
        : new Set(password).size < 4 || COMMON.test(password)
          ? 'is one of those that are tried first; take a few words of your own'
          : isLike(password, email)
            ? 'may not be the address'
            : undefined;
  if (problem !== undefined) throw new Refusal('invalid', problem, { field });
}

function isLike(password: string, email: string): boolean {
  const text = password.toLowerCase();
  return text === email || text === email.split('@', 1)[0];
}
