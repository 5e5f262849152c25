import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  credentialText,
  hashSecret,
  newCredential,
  parseCredential,
  parseToken,
  provesSecret,
  tokenText,
} from '../../src/accounts/credential.ts';
import { normaliseEmail } from '../../src/accounts/email.ts';
import { checkPassword } from '../../src/accounts/password.ts';
import { hashPassword, verifyPassword } from '../../src/accounts/password-hash.ts';
import { PERMISSIONS, permissionsOfRole, permissionsOfScopes, roleFor } from '../../src/accounts/permissions.ts';
import { Refusal } from '../../src/accounts/refusal.ts';
import { SecretBox } from '../../src/accounts/secret-box.ts';
import { afterFailure, networkOf } from '../../src/accounts/throttle.ts';

describe('permissions', () => {
  test.each([
    ['owner', ['read', 'ingest', 'edit', 'admin']],
    ['editor', ['read', 'ingest', 'edit']],
    ['viewer', ['read']],
    ['superuser', []],
  ])('%s may %j', (role, may) => expect([...permissionsOfRole(role)]).toEqual(may));

  test.each([
    [['ingest'], ['ingest']],
    [['read'], ['read']],
    [
      ['ingest', 'read'],
      ['ingest', 'read'],
    ],
    [['admin'], ['read', 'ingest', 'edit', 'admin']],
    [['everything'], []],
  ])('a token of %j may %j', (scopes, may) => expect([...permissionsOfScopes(scopes)]).toEqual(may));

  test('the role that a refusal names permits what was refused', () => {
    for (const permission of PERMISSIONS) expect(permissionsOfRole(roleFor(permission))).toContain(permission);
  });
});

describe('addresses', () => {
  test.each([
    [' Ada@Example.ORG ', 'ada@example.org'],
    ['ada+varve@example.org', 'ada+varve@example.org'],
    ['u\u0308@example.org', '\u00fc@example.org'],
  ])('%j is written %j', (given, email) => expect(normaliseEmail(given)).toBe(email));

  test.each(['', 'ada', 'ada@', '@example.org', 'a b@example.org', 'a@b@c', 'a\u0000@b', `${'x'.repeat(250)}@b.org`])(
    '%j is none',
    (given) => expect(() => normaliseEmail(given)).toThrow('must be an address'),
  );
});

describe('passwords', () => {
  test.each([
    ['too short', 'ünïcödé1!'],
    ['common', 'password123'],
    ['common', 'Qwerty123456!'],
    ['four signs', 'abcabcabcabc'],
    ['the address', 'ada@example.org'],
    ['too long', 'x1'.repeat(200)],
  ])('%s is refused: %s', (_why, password) => {
    expect(() => checkPassword(password, 'ada@example.org')).toThrow(Refusal);
  });

  test.each(['correct horse battery', 'Schlüssel unterm Topf', '🌱 im Garten steht'])('%s is taken', (password) => {
    expect(() => checkPassword(password, 'ada@example.org')).not.toThrow();
  });

  test('a hash is argon2id of its own salt, and fits its password only', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword('correct horse', one)).toBe(true);
    expect(await verifyPassword('correct horsf', one)).toBe(false);
    expect(await verifyPassword('correct horse', null)).toBe(false);
    expect(await verifyPassword('correct horse', 'correct horse')).toBe(false);
  });

  test('it does not matter how a keyboard composed a letter', async () => {
    expect(await verifyPassword('u\u0308ber den Bergen', await hashPassword('\u00fcber den Bergen'))).toBe(true);
  });

  test('a flood of guesses is refused instead of taking the memory', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => verifyPassword('guess', null)));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBe(60 - 34);
    expect(refused[0]).toMatchObject({ reason: { kind: 'too-many' } });
  });
});

describe('credentials', () => {
  test('what is written is read again, and only that', () => {
    const { hash, ...credential } = newCredential();
    expect(parseCredential(credentialText(credential))).toEqual(credential);
    expect(parseToken(tokenText(credential))).toEqual(credential);
    expect(parseToken(credentialText(credential))).toBeUndefined();
    expect(hash).toBe(hashSecret(credential.secret));
    expect(hash).not.toContain(credential.secret);
    expect(provesSecret(credential.secret, hash)).toBe(true);
    expect(provesSecret(newCredential().secret, hash)).toBe(false);
    expect(provesSecret(credential.secret, '')).toBe(false);
  });

  test('nothing else is a credential', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => parseCredential(text) === undefined));
  });
});

describe('the secret box', () => {
  const [old, current] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  test('what is sealed opens again, by the same key and purpose only', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const box = new SecretBox([current]);
        const sealed = box.seal(text, 'this');
        expect(box.open(sealed, 'this')).toBe(text);
        expect(box.open(sealed, 'that')).toBeUndefined();
        expect(new SecretBox([old]).open(sealed, 'this')).toBeUndefined();
        expect(box.seal(text, 'this')).not.toBe(sealed);
      }),
    );
  });

  test('a changed byte is noticed wherever it is', () => {
    const box = new SecretBox([current]);
    const sealed = box.seal('secret', 'this');
    for (let at = 0; at < sealed.length - 1; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
      expect(box.open(changed, 'this'), String(at)).toBeUndefined();
    }
  });

  test('after a rotation the old key still opens, and the new one seals', () => {
    const sealed = new SecretBox([old]).seal('secret', 'this');
    const rotated = new SecretBox([current, old]);
    expect(rotated.open(sealed, 'this')).toBe('secret');
    expect(new SecretBox([old]).open(rotated.seal('secret', 'this'), 'this')).toBeUndefined();
  });
});

describe('throttling', () => {
  const rule = { free: 3, longestWait: 60_000 };
  const waits = (count: number): number[] => {
    let attempts: Parameters<typeof afterFailure>[0];
    return Array.from({ length: count }, () => {
      attempts = afterFailure(attempts, rule, 1_000_000);
      return attempts.blockedUntil - 1_000_000;
    });
  };

  test('the wait doubles beyond the free failures, up to the longest', () => {
    expect(waits(9)).toEqual([0, 0, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  test('a day later it begins anew', () => {
    const before = { failures: 50, failedAt: 0, blockedUntil: 0 };
    expect(afterFailure(before, rule, 24 * 3_600_000)).toMatchObject({ failures: 1, blockedUntil: 24 * 3_600_000 });
  });

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8:0001::6', '2001:db8:1:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network));
});
