import { Refusal } from './refusal.ts';

/** Longest address by RFC 5321, section 4.5.3.1.3. */
const LONGEST = 254;

/**
 * The one spelling of an address: without blanks around it, composed, in lower case. Throws a `Refusal` for what is none. Only what
 * can be told without sending a mail is checked.
 */
export function normaliseEmail(text: string, field = 'email'): string {
  const email = text.trim().normalize('NFC').toLowerCase();
  const isAddress = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email) && email.length <= LONGEST;
  if (!isAddress) throw new Refusal('invalid', 'must be an address like ada@example.org', { field });
  return email;
}
