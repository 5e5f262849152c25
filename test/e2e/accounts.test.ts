import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const PASSWORD = 'correct horse battery';
const NARROW = { width: 380, height: 800 };

let folder: string;
let browser: Browser;
let server: ReturnType<typeof spawn>;
let url = '';
let welcome = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'varve-accounts-'));
  const bin = join(projectFolder, 'bin', 'varve.mjs');
  const build = spawn(
    process.execPath,
    ['--input-type=module', '-e', "await (await import('./scripts/setup/page.mjs')).ensurePage()"],
    { cwd: projectFolder, stdio: 'ignore' },
  );
  await new Promise((resolve) => build.once('close', resolve));
  server = spawn(process.execPath, [bin, 'serve', '--port', '0', '--data', 'data'], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!server.stdout) throw new Error('its output is piped');
  for await (const line of createInterface({ input: server.stdout })) {
    url = /^Varve serves .* at (http:\S+)/.exec(line)?.[1] ?? url;
    welcome = /^Make the first account at (http:\S+)/.exec(line)?.[1] ?? welcome;
    if (welcome !== '') break;
  }
  browser = await launchChromium();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  const ended = new Promise((resolve) => server.once('close', resolve));
  server.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 850 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

const alive = (page: Page) => page.getByText('live', { exact: true }).waitFor();

const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** The state of a context that is signed in. */
async function signedIn(email: string, options: BrowserContextOptions = {}, path = '/'): Promise<Page> {
  const page = await open(url + path, options);
  await page.getByLabel('Address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor({ state: 'detached' });
  return page;
}

test('the printed link makes the first owner in one form, and the page lives', async () => {
  const stranger = await open(`${url}/series/abc`);
  await stranger.getByText('Nobody has an account here yet').waitFor();
  const page = await open(welcome);
  await page.getByLabel('Address').fill('ada@example.org');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByText('must have at least 10 characters').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await alive(page);
  expect(new URL(page.url()).pathname).toBe('/');
}, 180_000);

test('who is not signed in finds the sign-in at the address that he asked for, and is there afterwards', async () => {
  const page = await open(`${url}/settings/tokens`);
  await page.getByLabel('Address').fill('ada@example.org');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(/the address or the password is wrong/).waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Make a token' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/settings/tokens');
}, 180_000);

test('a token is shown once, works, and is revoked', async () => {
  const page = await signedIn('ada@example.org', {}, '/settings/tokens');
  await page.getByLabel('What for').fill('garden');
  await page.getByRole('checkbox', { name: /read/ }).check();
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token =
    (await page
      .locator('code')
      .filter({ hasText: /^varve_/ })
      .textContent()) ?? '';
  const status = async () =>
    (await fetch(`${url}/api/series`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await status()).toBe(200);
  await page.reload();
  await page.getByText('garden').waitFor();
  expect(await page.locator('code').filter({ hasText: token }).count()).toBe(0);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Yes, revoke' }).click();
  await page.getByText(/revoked/).waitFor();
  expect(await status()).toBe(401);
}, 180_000);

test('an invited viewer comes in by the link on a phone, sees no settings of others, and loses his place at once', async () => {
  const owner = await signedIn('ada@example.org', {}, '/settings/members');
  await owner.getByRole('button', { name: 'Make a link' }).click();
  const link = (await owner.locator('code').filter({ hasText: '/invite#' }).textContent()) ?? '';
  const guest = await open(link, { viewport: NARROW, colorScheme: 'dark' });
  await guest.getByText(/You are invited to .* as viewer/).waitFor();
  expect(await overflow(guest)).toBeLessThanOrEqual(0);
  await guest.getByLabel('Address').fill('bob@example.org');
  await guest.getByLabel('Password').fill(PASSWORD);
  await guest.getByRole('button', { name: 'Join' }).click();
  await alive(guest);
  await guest.goto(`${url}/settings`);
  await guest.getByText('Where you are signed in').waitFor();
  expect(await guest.getByRole('link', { name: 'Members' }).count()).toBe(0);
  expect(await overflow(guest)).toBeLessThanOrEqual(0);
  await owner.reload();
  await owner.getByLabel('Role of bob@example.org').waitFor();
  const row = owner.getByRole('listitem').filter({ hasText: 'bob@example.org' });
  await row.getByRole('button', { name: 'Remove' }).click();
  await row.getByRole('button', { name: 'Yes, take out' }).click();
  await row.waitFor({ state: 'detached' });
  await guest.goto(`${url}/`);
  await expect.poll(() => guest.getByText(/you are in no org/).count(), { timeout: 15_000 }).toBeGreaterThan(0);
}, 180_000);

test('an owner makes another org, turns to it and back, and signs out', async () => {
  const page = await signedIn('ada@example.org', {}, '/settings/org');
  await page.getByLabel('Name').nth(1).fill('Greenhouse');
  await page.getByLabel('Id for programs').fill('greenhouse');
  await page.getByRole('button', { name: 'Make the org' }).click();
  const menu = page.getByRole('button', { name: 'Account, org Greenhouse' });
  await menu.waitFor();
  await menu.click();
  await page.getByRole('menuitem', { name: /Default/ }).click();
  await page.getByRole('button', { name: 'Account, org Default' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}, 180_000);
