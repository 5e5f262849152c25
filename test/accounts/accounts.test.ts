import { expect, test } from 'vitest';
import { Authenticator } from '../../src/accounts/authenticator.ts';
import { makeWelcomeLink, welcomeFirstOwner } from '../../src/accounts/first-owner.ts';
import { foundOrg } from '../../src/accounts/found-org.ts';
import { invite, joinAnew, joinAs, readInvite, takeBackInvite } from '../../src/accounts/invites.ts';
import { endToken, issueToken } from '../../src/accounts/issue-token.ts';
import { changeRole, removeMember } from '../../src/accounts/members.ts';
import type { Role } from '../../src/accounts/permissions.ts';
import { COMMAND_LINE } from '../../src/accounts/services.ts';
import { changePassword, endAllSessions, signIn } from '../../src/accounts/sign-in.ts';
import { trimAccounts } from '../../src/accounts/trim.ts';
import { makePasswordLink, makeUser, resetPassword, setDisabled } from '../../src/accounts/users.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Org } from '../../src/store/catalog.ts';
import { membersOf } from '../../src/store/memberships.ts';
import { findUserByEmail, type User } from '../../src/store/users.ts';
import { onEachEngine } from '../support/engines.ts';
import { type AccountsRig, accountsRig, freshEmail, NOW, ORIGIN, PASSWORD } from './rig.ts';

onEachEngine((store) => {
  const open = () => accountsRig(store().engine);

  const authenticatorOf = ({ services, org, clock }: AccountsRig) =>
    new Authenticator(services.engine, org, clock, (error) => {
      throw error;
    });

  const userIn = (rig: AccountsRig, role: Role, org: Org = rig.org): Promise<User> =>
    makeUser(rig.services, { email: freshEmail(role), name: role, password: PASSWORD, org, role }, COMMAND_LINE);

  // First of all: nobody is there yet.
  test('the first owner comes by one of the printed links, and all of them end with him', async () => {
    const rig = await open();
    const first = await makeWelcomeLink(rig.services);
    const second = await makeWelcomeLink(rig.services);
    const person = { email: 'Owner@Example.org', name: 'Owner', password: PASSWORD };
    await expect(
      welcomeFirstOwner(rig.services, first ?? '', { ...person, password: 'short' }, ORIGIN),
    ).rejects.toMatchObject({ kind: 'invalid', field: 'password' });
    rig.clock.advance(24 * HOUR);
    await expect(welcomeFirstOwner(rig.services, first ?? '', person, ORIGIN)).rejects.toMatchObject({
      kind: 'not-found',
    });
    rig.clock.set(NOW);
    const outcomes = await Promise.allSettled(
      [first, second].map((link) => welcomeFirstOwner(rig.services, link ?? '', person, ORIGIN)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const cookie = outcomes.find(({ status }) => status === 'fulfilled') as PromiseFulfilledResult<string>;
    const caller = await authenticatorOf(rig).session(cookie.value);
    expect(caller).toMatchObject({ user: { email: 'owner@example.org' }, org: rig.org });
    expect(caller?.permissions).toContain('admin');
    expect(await makeWelcomeLink(rig.services)).toBeUndefined();
  });

  test('signing in needs the right password of an enabled user, and says no more', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    const attempt = (email: string, password: string) => signIn(rig.services, { email, password }, ORIGIN);
    const cookie = await attempt(user.email.toUpperCase(), PASSWORD);
    expect(await authenticatorOf(rig).session(cookie)).toMatchObject({ user: { id: user.id }, org: rig.org });
    const errors = await Promise.all(
      [
        [user.email, 'wrong password!'],
        [freshEmail('nobody'), PASSWORD],
      ].map(([email = '', password = '']) => attempt(email, password).catch((error: Error) => error.message)),
    );
    expect(new Set(errors).size).toBe(1);
  });

  test('failures of an account make it wait, also for the right password, and success forgives', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    let host = 0;
    const attempt = (password: string) =>
      signIn(rig.services, { email: user.email, password }, { ...ORIGIN, address: `198.51.100.${host++}` });
    for (let count = 0; count < 4; count++) await expect(attempt('wrong one')).rejects.toThrow('wrong');
    await attempt(PASSWORD);
    for (let count = 0; count < 5; count++) await expect(attempt('wrong one')).rejects.toThrow('wrong');
    await expect(attempt(PASSWORD)).rejects.toMatchObject({ kind: 'too-many', wait: 5_000 });
    rig.clock.advance(4_999);
    await expect(attempt(PASSWORD)).rejects.toMatchObject({ kind: 'too-many' });
    rig.clock.advance(1);
    await attempt(PASSWORD);
    await expect(attempt('wrong one')).rejects.toThrow('wrong');
  });

  test('an address that tries many accounts waits, and so does its neighbour in the same network of IPv6', async () => {
    const rig = await open();
    const attempt = (address: string) =>
      signIn(rig.services, { email: freshEmail('nobody'), password: 'whatever it is' }, { address, agent: '' });
    for (let count = 0; count < 20; count++) {
      await expect(attempt(`2001:db8:7:${store().engine.name === 'sqlite' ? 1 : 2}::${count}`)).rejects.toThrow(
        'wrong',
      );
    }
    await expect(attempt(`2001:db8:7:${store().engine.name === 'sqlite' ? 1 : 2}::ff`)).rejects.toMatchObject({
      kind: 'too-many',
    });
    await expect(attempt('2001:db8:8::1')).rejects.toThrow('wrong');
  });

  test('guesses at the same moment all count', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    const given = { email: user.email, password: 'wrong one' };
    const kinds = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        signIn(rig.services, given, { ...ORIGIN, address: `203.0.113.${index}` }).catch(({ kind }) => kind),
      ),
    );
    expect(kinds.filter((kind) => kind === 'wrong-credentials')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'too-many')).toHaveLength(15);
  });

  test('a session ends when it is idle, and at its end however much it is used', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    const authenticator = authenticatorOf(rig);
    const given = { email: user.email, password: PASSWORD };
    const idle = await signIn(rig.services, given, ORIGIN);
    rig.clock.advance(7 * DAY - 1);
    expect(await authenticator.session(idle)).toBeDefined();
    rig.clock.set(NOW);
    const busy = await signIn(rig.services, given, ORIGIN);
    for (let day = 0; day < 30; day++) {
      expect(await authenticator.session(busy), `day ${day}`).toBeDefined();
      // The use is written down behind the request.
      await expect
        .poll(async () => (await authenticator.session(busy))?.session?.seenAt)
        .toBeGreaterThan(rig.clock.now() - 5 * MINUTE);
      rig.clock.advance(DAY);
    }
    expect(await authenticator.session(busy)).toBeUndefined();
  });

  test('an idle session is over after seven days', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    const cookie = await signIn(rig.services, { email: user.email, password: PASSWORD }, ORIGIN);
    rig.clock.advance(7 * DAY);
    expect(await authenticatorOf(rig).session(cookie)).toBeUndefined();
  });

  test('signing out everywhere, a new password and being disabled end every session at once', async () => {
    const rig = await open();
    const authenticator = authenticatorOf(rig);
    const other = authenticatorOf({ ...rig, services: { ...rig.services, engine: await store().reopen() } });
    const user = await userIn(rig, 'editor');
    const given = { email: user.email, password: PASSWORD };
    const actor = { name: user.email, address: '', user: user.number };
    const two = () => Promise.all([signIn(rig.services, given, ORIGIN), signIn(rig.services, given, ORIGIN)]);
    const alive = async (cookies: readonly string[]) =>
      (await Promise.all(cookies.map((cookie) => authenticator.session(cookie)))).filter(Boolean).length;

    const before = await two();
    expect(await alive(before)).toBe(2);
    expect(await other.session(before[0])).toBeDefined();
    expect(await endAllSessions(rig.services, user, actor)).toBe(2);
    expect(await alive(before)).toBe(0);
    await expect.poll(() => other.session(before[0])).toBeUndefined();

    const again = await two();
    const password = 'another battery staple';
    const fresh = await changePassword(rig.services, user, { current: PASSWORD, password }, ORIGIN);
    expect([await alive(again), await alive([fresh])]).toEqual([0, 1]);

    const token = await issueToken(rig.services, rig.org, { name: 't', scopes: ['read'], expiresAt: null }, actor);
    expect(await authenticator.token(token.text)).toBeDefined();
    await setDisabled(rig.services, user.email, true, COMMAND_LINE);
    expect(await alive([fresh])).toBe(0);
    expect(await authenticator.token(token.text)).toBeUndefined();
    await expect(signIn(rig.services, { ...given, password }, ORIGIN)).rejects.toMatchObject({
      kind: 'wrong-credentials',
    });
    await setDisabled(rig.services, user.email, false, COMMAND_LINE);
    expect(await authenticator.token(token.text)).toBeDefined();
  });

  test('a link sets a password once, and only the newest one does', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    const old = await makePasswordLink(rig.services, user.email, COMMAND_LINE);
    const link = await makePasswordLink(rig.services, user.email, COMMAND_LINE);
    const password = 'a brand new password';
    await expect(resetPassword(rig.services, old, password, ORIGIN)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(resetPassword(rig.services, link, 'short', ORIGIN)).rejects.toMatchObject({ kind: 'invalid' });
    expect(await resetPassword(rig.services, link, password, ORIGIN)).toBeTruthy();
    await expect(resetPassword(rig.services, link, password, ORIGIN)).rejects.toMatchObject({ kind: 'not-found' });
    await signIn(rig.services, { email: user.email, password }, ORIGIN);
  });

  test('an invite lets one person in, with the role it names, for a week', async () => {
    const rig = await open();
    const owner = await userIn(rig, 'owner');
    const actor = { name: owner.email, address: '', user: owner.number };
    const make = (email: string | null) => invite(rig.services, rig.org, { role: 'editor', email }, actor);
    const person = { email: freshEmail('new'), name: 'New', password: PASSWORD };

    const late = await make(null);
    rig.clock.advance(7 * DAY);
    await expect(joinAnew(rig.services, late.text, person, ORIGIN)).rejects.toMatchObject({ kind: 'not-found' });
    const taken = await make(null);
    await takeBackInvite(rig.services, rig.org, taken.link.id, actor);
    await expect(joinAnew(rig.services, taken.text, person, ORIGIN)).rejects.toMatchObject({ kind: 'not-found' });

    const link = await make(null);
    const outcomes = await Promise.allSettled([
      joinAnew(rig.services, link.text, person, ORIGIN),
      joinAnew(rig.services, link.text, { ...person, email: freshEmail('other') }, ORIGIN),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(
      (await membersOf(rig.services.engine.reader, rig.org.number)).filter(({ role }) => role === 'editor'),
    ).toHaveLength(1);

    const personal = await make('for-me@example.org');
    await expect(joinAs(rig.services, personal.text, owner, actor)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('somebody with an account joins a second org with it; a stranger cannot take his address', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    const second = await foundOrg(rig.services, { id: `second-${user.id}`, name: 'Second' }, COMMAND_LINE);
    const { text } = await invite(rig.services, second, { role: 'owner', email: null }, COMMAND_LINE);
    const person = { email: user.email, name: '', password: 'not his password' };
    await expect(joinAnew(rig.services, text, person, ORIGIN)).rejects.toMatchObject({ kind: 'wrong-credentials' });
    const cookie = await joinAnew(rig.services, text, { ...person, password: PASSWORD }, ORIGIN);
    const authenticator = authenticatorOf(rig);
    expect((await authenticator.session(cookie))?.memberships.map(({ role }) => role).sort()).toEqual([
      'owner',
      'viewer',
    ]);
    const there = await authenticator.session(cookie, second.id);
    expect(there?.permissions).toContain('admin');
    expect(there?.installation).not.toContain('admin');
    const here = await authenticator.session(cookie, rig.org.id);
    expect([...(here?.permissions ?? [])]).toEqual(['read']);
    await expect(authenticator.session(cookie, 'no-such-org')).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('an org keeps an owner who can act, also when two remove each other at once', async () => {
    const rig = await open();
    const [one, two] = [await userIn(rig, 'owner'), await userIn(rig, 'owner')];
    const actor = { name: 'x', address: '', user: null };
    const outcomes = await Promise.allSettled([
      removeMember(rig.services, rig.org, one.id, actor),
      removeMember(rig.services, rig.org, two.id, actor),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [left] = await membersOf(rig.services.engine.reader, rig.org.number);
    if (!left) throw new Error('one is left');
    await expect(changeRole(rig.services, rig.org, left.id, 'viewer', actor)).rejects.toMatchObject({
      kind: 'conflict',
    });
    await expect(setDisabled(rig.services, left.email, true, actor)).rejects.toMatchObject({ kind: 'conflict' });
    const third = await userIn(rig, 'owner');
    await setDisabled(rig.services, third.email, true, actor);
    await expect(removeMember(rig.services, rig.org, left.id, actor)).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('a token does what its scopes say, no more than its maker may, until it expires or is revoked', async () => {
    const rig = await open();
    const owner = await userIn(rig, 'owner');
    await userIn(rig, 'owner');
    const actor = { name: owner.email, address: '', user: owner.number };
    const authenticator = authenticatorOf(rig);
    const make = (expiresAt: number | null) =>
      issueToken(rig.services, rig.org, { name: 'all', scopes: ['ingest', 'admin'], expiresAt }, actor);
    const may = async (text: string) => [...((await authenticator.token(text))?.permissions ?? [])].sort();

    const short = await make(NOW + HOUR);
    const endless = await make(null);
    expect(await may(endless.text)).toEqual(['admin', 'edit', 'ingest', 'read']);
    await expect(authenticator.token(endless.text, 'elsewhere')).rejects.toMatchObject({ kind: 'forbidden' });
    await changeRole(rig.services, rig.org, owner.id, 'viewer', actor);
    expect(await may(endless.text)).toEqual(['read']);
    await removeMember(rig.services, rig.org, owner.id, actor);
    expect(await authenticator.token(endless.text)).toBeUndefined();

    const machine = await issueToken(
      rig.services,
      rig.org,
      { name: 'machine', scopes: ['ingest'], expiresAt: NOW + HOUR },
      COMMAND_LINE,
    );
    expect(await may(machine.text)).toEqual(['ingest']);
    rig.clock.advance(HOUR);
    expect(await authenticator.token(machine.text)).toBeUndefined();
    expect(await authenticator.token(short.text)).toBeUndefined();
    rig.clock.set(NOW);
    expect(await may(machine.text)).toEqual(['ingest']);
    await endToken(rig.services, rig.org, machine.token.id, actor);
    expect(await authenticator.token(machine.text)).toBeUndefined();
    expect(await authenticator.token(`${machine.text.slice(0, -1)}_`)).toBeUndefined();
  });

  test('the store holds no secret in clear', async () => {
    const rig = await open();
    const user = await userIn(rig, 'owner');
    const cookie = await signIn(rig.services, { email: user.email, password: PASSWORD }, ORIGIN);
    const token = await issueToken(
      rig.services,
      rig.org,
      { name: 'n', scopes: ['read'], expiresAt: null },
      COMMAND_LINE,
    );
    const link = await invite(rig.services, rig.org, { role: 'viewer', email: null }, COMMAND_LINE);
    const { reader } = rig.services.engine;
    const tables = ['user', 'session', 'token', 'one_time_link', 'audit', 'login_attempt'] as const;
    const rows = JSON.stringify(
      await Promise.all(tables.map((table) => reader.selectFrom(table).selectAll().execute())),
    );
    for (const text of [cookie, token.text, link.text]) {
      expect(rows).not.toContain(text.slice(-43));
      expect(rows).not.toContain(text);
    }
    expect(rows).not.toContain(PASSWORD);
    expect((await findUserByEmail(reader, user.email))?.password).toMatch(/^\$argon2id\$/);
  });

  test('the audit tells who did what, newest first, in pages, each org its own', async () => {
    const rig = await open();
    const owner = await userIn(rig, 'owner');
    const actor = { name: owner.email, address: '192.0.2.9', user: owner.number };
    await invite(rig.services, rig.org, { role: 'viewer', email: null }, actor);
    const made = await issueToken(rig.services, rig.org, { name: 'pi', scopes: ['ingest'], expiresAt: null }, actor);
    await endToken(rig.services, rig.org, made.token.id, actor);
    const list = (before?: number) =>
      listAudit(rig.services.engine.reader, rig.org.number, {
        limit: 2,
        withInstallation: false,
        ...(before === undefined ? {} : { before }),
      });
    const first = await list();
    expect(first.map(({ action }) => action)).toEqual(['token.revoked', 'token.created']);
    expect(first[0]).toMatchObject({ actor: owner.email, address: '192.0.2.9', target: 'pi', at: NOW });
    const second = await list(first.at(-1)?.seq);
    expect(second.map(({ action }) => action)).toEqual(['invite.created', 'user.created']);
  });

  test('what is over is forgotten, and nothing else', async () => {
    const rig = await open();
    const user = await userIn(rig, 'viewer');
    const cookie = await signIn(rig.services, { email: user.email, password: PASSWORD }, ORIGIN);
    const link = await invite(rig.services, rig.org, { role: 'viewer', email: null }, COMMAND_LINE);
    const trim = (at: number) => rig.services.engine.write(({ database }) => trimAccounts(database, at));
    await trim(NOW + 6 * DAY);
    expect(await authenticatorOf(rig).session(cookie)).toBeDefined();
    expect((await readInvite(rig.services, link.text)).org.id).toBe(rig.org.id);
    await trim(NOW + 7 * DAY);
    expect(await authenticatorOf(rig).session(cookie)).toBeUndefined();
    await expect(readInvite(rig.services, link.text)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
