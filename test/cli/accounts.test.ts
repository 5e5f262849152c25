import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Folder, type Outcome } from './varve.ts';

const BIN = fileURLToPath(new URL('../../bin/varve.mjs', import.meta.url));
const LINE = /^Varve serves .* at (http:\/\/127\.0\.0\.1:\d+) /m;

/** A command that is given something on standard input. */
async function type(folder: Folder, text: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder.path, env: { PATH: '/usr/bin:/bin' } });
  const heard = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (part: string) => {
      heard[stream] += part;
    });
  }
  child.stdin.end(text);
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...heard };
}

test('users, orgs and tokens are made, listed and ended; a running server hears of it at once', async () => {
  using folder = new Folder();
  folder.configure();
  const { child, ended, said } = folder.start(['serve', '--port', '0']);
  const [, url = ''] = await said('stdout', LINE);
  const add = (email: string, ...more: string[]) =>
    type(folder, 'correct horse battery\n', 'user', 'add', email, '--password-stdin', ...more);
  expect(await add('Ada@Example.org')).toMatchObject({ code: 0, stdout: 'ada@example.org is owner of Default\n' });
  expect(await add('ada@example.org')).toMatchObject({ code: 1, stderr: expect.stringContaining('already') });
  expect((await folder.run('org', 'add', 'greenhouse', '--name', 'Greenhouse')).code).toBe(0);
  expect((await add('bob@example.org', '--org', 'greenhouse', '--role', 'viewer', '--json')).stdout).toContain(
    '"role": "viewer"',
  );
  const signIn = async (email: string) =>
    fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'correct horse battery' }),
    });
  expect((await signIn('bob@example.org')).status).toBe(200);
  const { users } = JSON.parse((await folder.run('user', 'list', '--json')).stdout);
  expect(users.map(({ email, orgs }: { email: string; orgs: object[] }) => [email, orgs])).toEqual([
    ['ada@example.org', [{ org: 'default', role: 'owner' }]],
    ['bob@example.org', [{ org: 'greenhouse', role: 'viewer' }]],
  ]);
  expect((await folder.run('user', 'disable', 'bob@example.org')).code).toBe(0);
  expect((await signIn('bob@example.org')).status).toBe(401);
  expect((await folder.run('user', 'disable', 'ada@example.org')).stderr).toContain('is the last owner of Default');

  const made = await folder.run(
    'token',
    'create',
    '--scope',
    'read',
    '--expires',
    '1d',
    '--name',
    'prometheus',
    '--json',
  );
  const { id, token, expiresAt } = JSON.parse(made.stdout);
  expect(expiresAt).toBeGreaterThan(Date.now());
  const metrics = async () => (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect([await metrics(), (await fetch(`${url}/metrics`)).status]).toEqual([200, 401]);
  expect((await folder.run('token', 'list')).stdout).toContain('prometheus');
  expect((await folder.run('token', 'list')).stdout).not.toContain(token);
  expect((await folder.run('token', 'revoke', id)).code).toBe(0);
  await expect.poll(metrics).toBe(401);

  const { findings } = JSON.parse((await folder.run('doctor', '--port', new URL(url).port, '--json')).stdout);
  expect(findings).toContainEqual(expect.objectContaining({ check: 'running configuration' }));
  const link = (await folder.run('user', 'reset-password', 'ada@example.org')).stdout.trim();
  expect(link).toMatch(/\/password#[0-9a-f]{18}_[\w-]{43}$/);
  child.kill('SIGTERM');
  await ended;
}, 180_000);

test('what is wrong is said, and nothing is left behind', async () => {
  using folder = new Folder();
  const wrong = async (stdin: string, ...args: string[]) => {
    const { code, stderr } = await type(folder, stdin, ...args);
    return `${code} ${stderr}`;
  };
  expect(await wrong('short\n', 'user', 'add', 'a@b.org', '--password-stdin')).toMatch(/^2 .*at least 10 characters/);
  expect(await wrong('', 'user', 'add', 'a@b.org')).toMatch(/^2 .*--password-stdin/);
  expect(await wrong('', 'user', 'add', 'nobody', '--password-stdin')).toMatch(/^2 .*must be an address/);
  expect(await wrong('', 'org', 'add', 'Not An Id')).toMatch(/^2 .*small letters/);
  expect(await wrong('', 'token', 'create', '--scope', 'everything')).toMatch(/^2 .*ingest, read, admin/);
  expect(await wrong('', 'token', 'create', '--scope', 'read', '--expires', 'soon')).toMatch(/^2 .*--expires/);
  expect(await wrong('', 'token', 'create', '--scope', 'read', '--org', 'none')).toMatch(/^1 .*there is no org/);
  expect(await wrong('', 'serve', '--no-auth', '--host', '0.0.0.0')).toMatch(/^2 .*would open everything/);
  expect((await folder.run('user', 'list')).stderr).toContain('There are no users');
}, 180_000);

test('the key is made once, for its owner alone, and a broken one is named', async () => {
  using folder = new Folder();
  folder.configure();
  const once = async (env: Record<string, string> = {}) => {
    const { child, ended, said } = folder.start(['serve', '--port', '0'], env);
    await Promise.race([said('stdout', LINE), ended]).catch(() => {});
    child.kill('SIGTERM');
    return ended;
  };
  expect((await once()).code).toBe(0);
  const file = statSync(join(folder.path, 'data', 'secret.key'));
  expect(file.mode & 0o777).toBe(0o600);
  expect((await once({ VARVE_SECRET_KEY: 'abc' })).stderr).toContain('VARVE_SECRET_KEY: must be 32 random bytes');
  expect((await once({ VARVE_SECRET_KEY: 'a'.repeat(64) })).code).toBe(0);
  expect(statSync(join(folder.path, 'data', 'secret.key')).mtimeMs).toBe(file.mtimeMs);
}, 180_000);
